package dev.enclave.emulators;

import static dev.enclave.emulators.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.Tag;

class EventualConsistencyTest {

  private final ManualClock clock = new ManualClock();
  private final AwsKmsServer server =
      AwsKmsServer.builder()
          .clock(clock)
          .anySignatureTime()
          .eventualConsistency(Duration.ofMinutes(10))
          .start();
  private final KmsClient kms = Clients.kms(server);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void hidesANewKey_forAWhile() {
    String keyId = kms.createKey().keyMetadata().keyId();
    assertRefused(() -> kms.describeKey(d -> d.keyId(keyId)), "NotFoundException");
    assertThat(kms.listKeys().keys()).isEmpty();

    settle();

    assertThat(kms.describeKey(d -> d.keyId(keyId)).keyMetadata().keyId()).isEqualTo(keyId);
    assertThat(kms.listKeys().keys()).hasSize(1);
  }

  @Test
  void hidesANewAlias_butRefusesASecondOne() {
    String keyId = kms.createKey().keyMetadata().keyId();
    settle();
    kms.createAlias(c -> c.aliasName("alias/pay").targetKeyId(keyId));

    assertRefused(() -> kms.describeKey(d -> d.keyId("alias/pay")), "NotFoundException");
    assertThat(kms.listAliases().aliases()).isEmpty();
    assertRefused(
        () -> kms.createAlias(c -> c.aliasName("alias/pay").targetKeyId(keyId)),
        "AlreadyExistsException");
    settle();
    assertThat(kms.describeKey(d -> d.keyId("alias/pay")).keyMetadata().keyId()).isEqualTo(keyId);
  }

  @Test
  void showsTheOldTarget_andADeletedAlias_forAWhile() {
    String first = kms.createKey().keyMetadata().keyId();
    String second = kms.createKey().keyMetadata().keyId();
    settle();
    kms.createAlias(c -> c.aliasName("alias/pay").targetKeyId(first));
    settle();

    kms.updateAlias(u -> u.aliasName("alias/pay").targetKeyId(second));
    assertThat(kms.describeKey(d -> d.keyId("alias/pay")).keyMetadata().keyId()).isEqualTo(first);
    settle();
    assertThat(kms.describeKey(d -> d.keyId("alias/pay")).keyMetadata().keyId()).isEqualTo(second);
    kms.deleteAlias(d -> d.aliasName("alias/pay"));
    assertThat(kms.describeKey(d -> d.keyId("alias/pay")).keyMetadata().keyId()).isEqualTo(second);
    settle();
    assertRefused(() -> kms.describeKey(d -> d.keyId("alias/pay")), "NotFoundException");
  }

  @Test
  void showsTagsLate_withoutLosingAny() {
    String keyId = kms.createKey().keyMetadata().keyId();
    settle();
    kms.tagResource(t -> t.keyId(keyId).tags(tag("a")));
    kms.tagResource(t -> t.keyId(keyId).tags(tag("b")));

    assertThat(kms.listResourceTags(l -> l.keyId(keyId)).tags()).isEmpty();
    settle();

    assertThat(kms.listResourceTags(l -> l.keyId(keyId)).tags())
        .containsExactly(tag("a"), tag("b"));
  }

  private static Tag tag(String name) {
    return Tag.builder().tagKey(name).tagValue("1").build();
  }

  private void settle() {
    clock.advance(Duration.ofMinutes(11));
  }
}

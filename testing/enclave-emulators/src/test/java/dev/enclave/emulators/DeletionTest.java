package dev.enclave.emulators;

import static dev.enclave.emulators.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.KmsClient;

class DeletionTest {

  private final ManualClock clock = new ManualClock();
  private final AwsKmsServer server =
      AwsKmsServer.builder().clock(clock).anySignatureTime().start();
  private final KmsClient kms = Clients.kms(server);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void deletesKeyAndAliases_afterTheWindow_andNotBefore() {
    String keyId = keyNamed("alias/pay");
    String other = keyNamed("alias/other");
    kms.scheduleKeyDeletion(schedule -> schedule.keyId(keyId).pendingWindowInDays(7));
    clock.advance(Duration.ofDays(7).minusMinutes(1));
    assertThat(kms.describeKey(describe -> describe.keyId("alias/pay")).keyMetadata().keyId())
        .isEqualTo(keyId);

    clock.advance(Duration.ofMinutes(2));

    assertRefused(() -> kms.describeKey(d -> d.keyId(keyId)), "NotFoundException");
    assertRefused(() -> kms.describeKey(d -> d.keyId("alias/pay")), "NotFoundException");
    assertThat(kms.listKeys().keys()).hasSize(1);
    assertThat(kms.listAliases().aliases()).hasSize(1);
    kms.createAlias(create -> create.aliasName("alias/pay").targetKeyId(other));
  }

  @Test
  void keepsAKey_whoseDeletionWasCancelled_andScheduledAnew() {
    String keyId = keyNamed("alias/pay");
    kms.scheduleKeyDeletion(schedule -> schedule.keyId(keyId).pendingWindowInDays(7));
    kms.cancelKeyDeletion(cancel -> cancel.keyId(keyId));
    kms.scheduleKeyDeletion(schedule -> schedule.keyId(keyId).pendingWindowInDays(30));

    clock.advance(Duration.ofDays(8));

    assertThat(kms.describeKey(d -> d.keyId(keyId)).keyMetadata().keyId()).isEqualTo(keyId);
    clock.advance(Duration.ofDays(23));
    assertRefused(() -> kms.describeKey(d -> d.keyId(keyId)), "NotFoundException");
  }

  private String keyNamed(String alias) {
    String keyId = kms.createKey().keyMetadata().keyId();
    kms.createAlias(create -> create.aliasName(alias).targetKeyId(keyId));
    return keyId;
  }
}

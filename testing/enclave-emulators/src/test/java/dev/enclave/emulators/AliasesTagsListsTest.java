package dev.enclave.emulators;

import static dev.enclave.emulators.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.AlreadyExistsException;
import software.amazon.awssdk.services.kms.model.KeyListEntry;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;
import software.amazon.awssdk.services.kms.model.ListKeysResponse;
import software.amazon.awssdk.services.kms.model.Tag;

class AliasesTagsListsTest {

  private final AwsKmsServer server = AwsKmsServer.builder().start();
  private final KmsClient kms = Clients.kms(server);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void givesANameOnce() {
    String first = signingKey();
    String second = signingKey();
    alias("alias/Pay/1", first);
    alias("alias/pay/1", second);

    assertRefused(
        () -> alias("alias/Pay/1", second), "AlreadyExistsException", "alias/Pay/1 already exists");

    assertThat(describedId("alias/Pay/1")).isEqualTo(first);
    assertThat(describedId("alias/pay/1")).isEqualTo(second);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pay", "alias/", "alias/aws/pay", "alias/a:b"})
  void refusesNames_thatBreakTheRules(String name) {
    String keyId = signingKey();

    assertRefused(() -> alias(name, keyId), "InvalidAliasNameException");
  }

  @ParameterizedTest
  @ValueSource(strings = {"alias/with space", "alias/ü", "alias/a.b"})
  void refusesNames_outsideThePattern(String name) {
    String keyId = signingKey();

    assertRefused(
        () -> alias(name, keyId),
        "ValidationException",
        "at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression"
            + " pattern");
  }

  @Test
  void movesAnAlias_betweenKeysOfOneKind_only() {
    String first = signingKey();
    String second = signingKey();
    String symmetric = kms.createKey().keyMetadata().keyId();
    alias("alias/pay", first);

    kms.updateAlias(update -> update.aliasName("alias/pay").targetKeyId(second));

    assertThat(describedId("alias/pay")).isEqualTo(second);
    assertThat(kms.listAliases(list -> list.keyId(first)).aliases()).isEmpty();
    assertThat(kms.listAliases(list -> list.keyId(second)).aliases())
        .extracting(AliasListEntry::aliasName)
        .containsExactly("alias/pay");
    assertRefused(
        () -> kms.updateAlias(update -> update.aliasName("alias/pay").targetKeyId(symmetric)),
        "ValidationException");
    assertRefused(
        () -> kms.updateAlias(update -> update.aliasName("alias/none").targetKeyId(second)),
        "NotFoundException",
        "alias/none is not found.");
  }

  @Test
  void freesADeletedName() {
    String keyId = signingKey();
    alias("alias/pay", keyId);

    kms.deleteAlias(delete -> delete.aliasName("alias/pay"));

    assertRefused(() -> describedId("alias/pay"), "NotFoundException");
    assertRefused(
        () -> kms.deleteAlias(delete -> delete.aliasName("alias/pay")), "NotFoundException");
    alias("alias/pay", keyId);
    assertThat(describedId("alias/pay")).isEqualTo(keyId);
  }

  @Test
  void givesANameToOne_ofManyWhoAskAtOnce() {
    List<String> keys = IntStream.range(0, 32).mapToObj(any -> signingKey()).toList();

    List<String> winners =
        keys.parallelStream().filter(keyId -> triesAlias("alias/raced", keyId)).toList();

    assertThat(winners).containsExactly(describedId("alias/raced"));
  }

  private boolean triesAlias(String name, String keyId) {
    try {
      alias(name, keyId);
      return true;
    } catch (AlreadyExistsException e) {
      return false;
    }
  }

  @Test
  void allows50AliasesAKey() {
    String keyId = signingKey();
    IntStream.range(0, 50).forEach(i -> alias("alias/n" + i, keyId));

    assertRefused(() -> alias("alias/n50", keyId), "LimitExceededException");
  }

  @Test
  void pagesThroughAliases() {
    String first = signingKey();
    String second = signingKey();
    IntStream.range(0, 50).forEach(i -> alias("alias/a" + i, first));
    IntStream.range(0, 50).forEach(i -> alias("alias/b" + i, second));

    ListAliasesResponse page = kms.listAliases();
    List<String> all =
        kms.listAliasesPaginator(list -> list.limit(30)).aliases().stream()
            .map(AliasListEntry::aliasName)
            .toList();

    assertThat(page.aliases()).hasSize(50);
    assertThat(page.truncated()).isTrue();
    assertThat(all).hasSize(100).doesNotHaveDuplicates();
    assertRefused(() -> kms.listAliases(list -> list.limit(101)), "ValidationException", "limit");
  }

  @Test
  void pagesThroughKeys_whileSomeAreMade() {
    IntStream.range(0, 120).forEach(any -> signingKey());
    ListKeysResponse first = kms.listKeys();
    signingKey();

    ListKeysResponse second = kms.listKeys(list -> list.marker(first.nextMarker()));

    assertThat(first.keys()).hasSize(100);
    assertThat(second.keys()).hasSizeBetween(20, 21);
    assertThat(second.truncated()).isFalse();
    assertThat(kms.listKeys(list -> list.limit(1000)).keys())
        .hasSize(121)
        .extracting(KeyListEntry::keyId)
        .containsAll(first.keys().stream().map(KeyListEntry::keyId).toList());
    assertRefused(() -> kms.listKeys(list -> list.limit(1001)), "ValidationException", "limit");
    assertRefused(() -> kms.listKeys(list -> list.marker("made-up")), "InvalidMarkerException");
  }

  @Test
  void capsPages_whenToldTo() {
    try (AwsKmsServer small = AwsKmsServer.builder().mostItemsPerPage(2).start();
        KmsClient client = Clients.kms(small)) {
      IntStream.range(0, 5).forEach(any -> client.createKey());

      assertThat(client.listKeys(list -> list.limit(1000)).keys()).hasSize(2);
      assertThat(client.listKeysPaginator().keys().stream()).hasSize(5);
    }
  }

  @Test
  void tagsAndUntags() {
    String keyId = signingKey();
    tag(keyId, "a", "1");
    tag(keyId, "b", "");
    tag(keyId, "a", "2");

    kms.untagResource(untag -> untag.keyId(keyId).tagKeys("b", "absent"));

    assertThat(kms.listResourceTags(list -> list.keyId(keyId)).tags())
        .containsExactly(Tag.builder().tagKey("a").tagValue("2").build());
  }

  @Test
  void refusesTags_thatBreakTheRules() {
    String keyId = signingKey();

    assertRefused(() -> tag(keyId, "aws:x", "1"), "TagException");
    assertRefused(() -> tag(keyId, "a{b", "1"), "TagException");
    assertRefused(() -> tag(keyId, "k".repeat(129), "1"), "ValidationException", "tagKey");
    assertRefused(() -> tag(keyId, "a", "v".repeat(257)), "ValidationException", "tagValue");
    assertRefused(
        () ->
            kms.tagResource(
                request ->
                    request
                        .keyId(keyId)
                        .tags(IntStream.range(0, 51).mapToObj(i -> tagOf("t" + i, "v")).toList())),
        "LimitExceededException");
    assertRefused(
        () -> kms.createKey(create -> create.tags(tagOf("twice", "1"), tagOf("twice", "2"))),
        "TagException");
  }

  private void tag(String keyId, String name, String value) {
    kms.tagResource(request -> request.keyId(keyId).tags(tagOf(name, value)));
  }

  private static Tag tagOf(String name, String value) {
    return Tag.builder().tagKey(name).tagValue(value).build();
  }

  private void alias(String name, String keyId) {
    kms.createAlias(create -> create.aliasName(name).targetKeyId(keyId));
  }

  private String describedId(String name) {
    return kms.describeKey(describe -> describe.keyId(name)).keyMetadata().keyId();
  }

  private String signingKey() {
    return kms.createKey(
            create -> create.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
        .keyMetadata()
        .keyId();
  }
}

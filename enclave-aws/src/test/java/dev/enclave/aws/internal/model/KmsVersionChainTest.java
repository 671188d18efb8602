package dev.enclave.aws.internal.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.Tag;

/** The rule that says which version is active, on everything that can be missing. */
class KmsVersionChainTest {

  private static final KeyName NAME = KeyName.of("wallet");
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
  private static final Duration MONTH = Duration.ofDays(30);

  @Test
  void theFirstVersionIsActive_whenNothingFollowed() {
    KmsVersionChain chain = chain(Map.of(1, key("one")), Map.of(1, "one"));
    assertThat(state(chain, "one")).isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void theLastActivationIsActive_andTheOthersVerifyOnly() {
    KmsVersionChain chain = chain(Map.of(1, key("one"), 2, key("two")), Map.of(1, "one", 2, "two"));
    assertThat(state(chain, "one")).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(state(chain, "two")).isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void aVersionNobodyActivatedIsPending() {
    KmsVersionChain chain = chain(Map.of(1, key("one"), 2, key("two")), Map.of(1, "one"));
    assertThat(state(chain, "two")).isEqualTo(KeyState.PENDING);
    assertThat(state(chain, "one")).isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void anIntentionAloneReplacesNobody() {
    KmsVersionChain chain =
        chain(Map.of(1, intending("one", 2, "two", NOW), 2, key("two")), Map.of(1, "one"));
    assertThat(state(chain, "one")).isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void anIntentionWhoseSuccessorIsNotSeenYetReplacesNobody() {
    KmsVersionChain chain = chain(Map.of(1, intending("one", 2, "two", NOW)), Map.of(1, "one"));
    assertThat(state(chain, "one")).isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void doesNotComeBack_whenItsSuccessorIsGone() {
    KmsVersionChain chain =
        chain(Map.of(1, key("one", Map.of(KmsTags.RETIRED, "2"))), Map.of(1, "one"));
    assertThat(state(chain, "one")).isEqualTo(KeyState.VERIFY_ONLY);
  }

  @Test
  void doesNotComeBack_whenItsSuccessorIsGoneAndOnlyTheIntentionWasNoted() {
    KmsVersionChain chain =
        chain(Map.of(1, intending("one", 2, "two", NOW.minus(MONTH))), Map.of(1, "one"));
    assertThat(state(chain, "one")).isEqualTo(KeyState.VERIFY_ONLY);
  }

  @Test
  void isActive_whenItBecameSoAgainAfterItWasReplaced() {
    KmsKey one = key("one", Map.of(KmsTags.RETIRED, "2", KmsTags.ACTIVATION, "3"));
    KmsVersionChain chain =
        chain(Map.of(1, one, 2, key("two")), Map.of(1, "one", 2, "two", 3, "one"));
    assertThat(state(chain, "one")).isEqualTo(KeyState.ACTIVE);
    assertThat(state(chain, "two")).isEqualTo(KeyState.VERIFY_ONLY);
  }

  @Test
  void aVersionRetiredByItselfIsVerifyOnly_thoughNothingFollowed() {
    KmsVersionChain chain =
        chain(Map.of(1, key("one", Map.of(KmsTags.RETIRED, "0"))), Map.of(1, "one"));
    assertThat(state(chain, "one")).isEqualTo(KeyState.VERIFY_ONLY);
  }

  @Test
  void whatKmsDisabledOrDeletesIsSo_whateverTheRecord() {
    KmsKey off = inState("one", software.amazon.awssdk.services.kms.model.KeyState.DISABLED);
    KmsKey going =
        inState("two", software.amazon.awssdk.services.kms.model.KeyState.PENDING_DELETION);
    KmsVersionChain chain = chain(Map.of(1, off, 2, going), Map.of(1, "one", 2, "two"));
    assertThat(state(chain, "one")).isEqualTo(KeyState.DISABLED);
    assertThat(state(chain, "two")).isEqualTo(KeyState.DESTROYED);
    assertThat(chain.active(NOW)).isEmpty();
  }

  @Test
  void isDisabled_whenTheVersionThatReplacedItSaysSo_unlessItWasLetVerifyAgain() {
    KmsKey two = key("two", Map.of(KmsTags.ACTIVATION, "2/DISABLED"));
    Map<Integer, String> claimed = Map.of(1, "one", 2, "two");
    assertThat(state(chain(Map.of(1, key("one"), 2, two), Map.of(1, "one")), "one"))
        .as("nobody has claimed yet")
        .isEqualTo(KeyState.ACTIVE);
    KmsVersionChain chain = chain(Map.of(1, key("one"), 2, two), claimed);
    assertThat(state(chain, "one")).isEqualTo(KeyState.DISABLED);
    assertThat(state(chain, "two")).isEqualTo(KeyState.ACTIVE);
    assertThat(chain.notYetDisabled()).extracting(KmsKey::id).containsExactly("one");
    KmsKey again = key("one", Map.of(KmsTags.RETIRED, "0"));
    assertThat(state(chain(Map.of(1, again, 2, two), claimed), "one"))
        .isEqualTo(KeyState.VERIFY_ONLY);
  }

  @Test
  void isNotDisabled_byAVersionThatReplacedAnother() {
    KmsKey three = key("three", Map.of(KmsTags.ACTIVATION, "3/DISABLED"));
    KmsVersionChain chain =
        chain(
            Map.of(1, key("one"), 2, key("two"), 3, three), Map.of(1, "one", 2, "two", 3, "three"));
    assertThat(state(chain, "one")).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(state(chain, "two")).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void knowsHowFarToLook_fromVersionsThatOutlivedTheirNeighbours() {
    KmsVersionChain chain = chain(Map.of(1, intending("one", 7, "seven", NOW)), Map.of(1, "one"));
    assertThat(chain.highestNumber()).isEqualTo(7);
    assertThat(chain.highestActivation()).isEqualTo(2);
  }

  @Test
  void readsBackTheTagsItWrites() {
    KmsTags tags =
        KmsTags.first(
                NAME,
                SigningAlgorithm.ECDSA_SECP256K1_KECCAK256,
                RotationInterval.every(Duration.ofDays(90)),
                EnvironmentType.PRODUCTION,
                "op-1")
            .next(
                2,
                new KmsTags.Activation(3, true),
                "op-2",
                new KmsTags.First("one", NOW),
                new KmsTags.Rotation(RotationInterval.NEVER, 4));
    assertThat(KmsTags.parse(tags.toTags())).isEqualTo(tags);
  }

  @Test
  void takesMangledTagsForAbsent() {
    KmsTags tags =
        KmsTags.parse(
            List.of(
                KmsTags.tag(KmsTags.NAME, "NOT A NAME"),
                KmsTags.tag(KmsTags.NUMBER, "99999999999"),
                KmsTags.tag(KmsTags.ROTATION, "sometimes"),
                KmsTags.tag(KmsTags.ALGORITHM, "ROT13"),
                KmsTags.tag(KmsTags.REPLACEMENT, "1/2/3"),
                KmsTags.tag(KmsTags.FIRST, "/")));
    assertThat(tags).isEqualTo(KmsTags.NONE);
  }

  @Test
  void takesNoMangledStamp_forAMissingOne() {
    KmsTags tags = KmsTags.parse(List.of(KmsTags.tag(KmsTags.STAMP, "production")));
    assertThat(tags.stamp()).isInstanceOf(StampReading.Unreadable.class);
  }

  private static KeyState state(KmsVersionChain chain, String keyId) {
    return chain.state(chain.version(keyId).orElseThrow(), NOW);
  }

  private static KmsVersionChain chain(
      Map<Integer, KmsKey> versions, Map<Integer, String> activations) {
    return new KmsVersionChain(NAME, new TreeMap<>(versions), new TreeMap<>(activations));
  }

  private static KmsKey intending(String id, int number, String successor, Instant at) {
    String value = new KmsTags.Replacement(2, number, successor, at).value();
    return key(id, Map.of(KmsTags.REPLACEMENT, value));
  }

  private static KmsKey key(String id) {
    return key(id, Map.of());
  }

  private static KmsKey key(String id, Map<String, String> tags) {
    List<Tag> list = new ArrayList<>();
    tags.forEach((key, value) -> list.add(KmsTags.tag(key, value)));
    return new KmsKey(
        metadata(id, software.amazon.awssdk.services.kms.model.KeyState.ENABLED),
        KmsTags.parse(list));
  }

  private static KmsKey inState(
      String id, software.amazon.awssdk.services.kms.model.KeyState state) {
    return new KmsKey(metadata(id, state), KmsTags.NONE);
  }

  private static KeyMetadata metadata(
      String id, software.amazon.awssdk.services.kms.model.KeyState state) {
    return KeyMetadata.builder().keyId(id).keyState(state).creationDate(NOW.minus(MONTH)).build();
  }
}

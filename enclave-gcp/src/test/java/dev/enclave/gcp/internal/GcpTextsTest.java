package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.kit.key.Decision;
import dev.enclave.kit.key.KeyMetadata;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.CreateRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is written into names and labels is read back, and what somebody mangled is not believed.
 */
class GcpTextsTest {

  private static final String RING = "projects/wallet-1/locations/europe-west1/keyRings/wallet";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "wallet-42",
        "P90D",
        "ECDSA_P256_SHA256",
        "_",
        "__4",
        "A_b_C",
        "Zürich",
        "a\u0000b",
        "AbCdEfGhIjKlMnOpQrStUvWxYz-0123456789-AbCdEfGhIjKlMnOpQrStUvWxYz"
      })
  void readsFromLabelsWhatItWrote(String text) {
    Map<String, String> labels = GcpLabels.of(Map.of("enclave-used", text));
    assertThat(GcpLabels.texts(labels)).containsEntry("enclave-used", text);
    assertThat(labels.keySet()).allMatch(key -> key.matches("[a-z][a-z0-9_-]{0,62}"));
    assertThat(labels.values()).allMatch(value -> value.matches("[a-z0-9_-]{0,63}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"_", "_9", "_4", "_4zzzz", "Upper", "a b", "_40041", "ü"})
  void whatWasMangledIsAbsent(String label) {
    assertThat(GcpLabels.texts(Map.of("enclave-text", label)))
        .containsExactly(Map.entry("enclave-text", "\u0000"));
  }

  @ParameterizedTest
  @MethodSource("dev.enclave.KeyAlgorithm#all")
  void labelsCarryAKeysProperties(KeyAlgorithm algorithm) {
    KeyName longest = KeyName.of("w".repeat(52));
    for (EnvironmentType stamp : EnvironmentType.values()) {
      CreateRequest request =
          CreateRequest.of(
              longest,
              algorithm,
              RotationInterval.every(Duration.ofDays(90)),
              stamp,
              "Op-".repeat(21));
      KeyMetadata wanted = KeyMetadata.of(request);
      Map<String, String> labels = GcpLabels.of(wanted);
      assertThat(labels).containsEntry(GcpLabels.STAMP, stamp.name().toLowerCase(Locale.ROOT));
      assertThat(parsed(longest, labels)).contains(wanted);
    }
  }

  private static Optional<KeyMetadata> parsed(KeyName name, Map<String, String> labels) {
    return KeyMetadata.parse(
        name, GcpLabels.texts(labels), GcpLabels.PREFIX, GcpLabels::spelled, "", Instant.EPOCH);
  }

  /** No HSM of Google's has it, and no request is spent on finding that out. */
  @Test
  void ed25519IsRefused_withWhatHasItInAnHsm() {
    assertThatThrownBy(() -> GcpScheme.of(SigningAlgorithm.ED25519))
        .isInstanceOfSatisfying(
            BackendFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(FailureCode.UNSUPPORTED))
        .hasMessageContaining("protection level SOFTWARE alone")
        .hasMessageContaining("ECDSA_P256_SHA256")
        .hasMessageContaining("aws-kms");
    assertThat(GcpScheme.of(CryptoKeyVersionAlgorithm.EC_SIGN_ED25519)).isEmpty();
    assertThat(GcpScheme.supported())
        .extracting(AlgorithmSupport::algorithm)
        .doesNotContain(SigningAlgorithm.ED25519);
  }

  @Test
  void labelsCarryADecision() {
    KeyName name = KeyName.of("wallet-42");
    Decision decision = FIRST.activating("12", KeyState.DISABLED, "Op-1", AT);
    Map<String, String> labels = GcpLabels.of(name, decision);
    assertThat(GcpLabels.decision(name, 2, labels)).contains(decision);
    assertThat(GcpLabels.decision(KeyName.of("wallet-43"), 2, labels)).isEmpty();
    assertThat(parsed(name, labels)).isEmpty();
    labels.put("enclave-off", "_9");
    assertThat(GcpLabels.decision(name, 2, labels)).isEmpty();
  }

  @Test
  void aDecisionOnHundredsOfScatteredVersions_fitsItsLabels() {
    Decision decision = FIRST;
    for (int version = 2; version < 1_000; version += 2) {
      decision = decision.activating(Integer.toString(version), KeyState.VERIFY_ONLY, "op", AT);
    }
    KeyName longest = KeyName.of("w".repeat(52));
    Map<String, String> labels = GcpLabels.of(longest, decision);
    assertThat(labels).hasSizeLessThanOrEqualTo(64);
    assertThat(GcpLabels.decision(longest, decision.number(), labels)).contains(decision);
  }

  private static final Instant AT = Instant.parse("2026-11-28T09:00:00Z");
  private static final Decision FIRST = Decision.first("1", "create");

  @Test
  void takesNoMangledStamp_forAMissingOne() {
    KeyName name = KeyName.of("wallet-42");
    Map<String, String> labels =
        GcpLabels.of(
            KeyMetadata.of(
                CreateRequest.of(
                    name,
                    SigningAlgorithm.ECDSA_P256_SHA256,
                    RotationInterval.NEVER,
                    EnvironmentType.PRODUCTION,
                    "op")));
    labels.remove(GcpLabels.STAMP);
    assertThat(parsed(name, labels).orElseThrow().stamp()).isEqualTo(StampReading.none());
    for (String mangled : List.of("", "PRODUCTION", "prod", "_9")) {
      labels.put(GcpLabels.STAMP, mangled);
      assertThat(parsed(name, labels).orElseThrow().stamp())
          .isInstanceOf(StampReading.Unreadable.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "p1y", "quarterly", "pt0s", "_9"})
  void isNeverDue_whenSomebodyMangledTheLabel_asWithoutOne(String mangled) {
    KeyName name = KeyName.of("wallet-42");
    Map<String, String> labels = new HashMap<>(Map.of("enclave-key", "wallet-42"));
    labels.putAll(GcpLabels.of(Map.of("enclave-algorithm", "ECDSA_P256_SHA256")));
    assertThat(parsed(name, labels).orElseThrow().rotation()).isEqualTo(RotationInterval.NEVER);
    labels.put("enclave-rotation", mangled);
    assertThat(parsed(name, labels).orElseThrow().rotation()).isEqualTo(RotationInterval.NEVER);
  }

  @Test
  void versionsAreOrderedAsNumbers() {
    TreeSet<Integer> numbers = new TreeSet<>();
    for (int number : new int[] {10, 9, 1, 11}) {
      String version = GcpNames.key(RING, "wallet") + "/cryptoKeyVersions/" + number;
      numbers.add(Integer.valueOf(GcpNames.idOfVersion(version).orElseThrow().value()));
    }
    assertThat(numbers).containsExactly(1, 9, 10, 11);
  }

  @Test
  void takesResourceNamesApart() {
    String key = GcpNames.key(RING, "wallet-42");
    String version = key + "/cryptoKeyVersions/12";
    assertThat(RING).matches(GcpNames.KEY_RING);
    assertThat(GcpNames.idOf(key)).isEqualTo("wallet-42");
    assertThat(GcpNames.isVersion(key)).isFalse();
    assertThat(GcpNames.isVersion(version)).isTrue();
    assertThat(GcpNames.keyOf(version)).isEqualTo(key);
    assertThat(GcpNames.idOf(version)).isEqualTo("wallet-42");
    assertThat(GcpNames.names(version, KeyVersionId.of("12"))).isTrue();
    assertThat(GcpNames.names(version, KeyVersionId.of("1"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "wallet",
        "projects/p/locations/l/keyRings/r/cryptoKeys/k\n",
        "projects/p/locations/l/keyRings/r/cryptoKeys/../k",
        "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/0",
        "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/01",
        "https://cloudkms.googleapis.com/v1/projects/p/locations/l/keyRings/r/cryptoKeys/k"
      })
  void whatIsNoResourceNameIsNone(String text) {
    assertThat(
            List.of(
                GcpNames.KEY_RING.matcher(text).matches(),
                !GcpNames.idOf(text).isEmpty(),
                GcpNames.isVersion(text)))
        .containsOnly(false);
  }

  @Test
  void noRecordIsTakenForAKey() {
    assertThat(GcpNames.recordId(KeyName.of("w".repeat(52)), GcpKeys.LAST_DECISION))
        .hasSizeLessThanOrEqualTo(63)
        .contains("_");
  }
}

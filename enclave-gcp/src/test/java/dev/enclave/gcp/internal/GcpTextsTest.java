package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.gcp.internal.keys.GcpActivations;
import dev.enclave.gcp.internal.model.Activation;
import dev.enclave.gcp.internal.model.GcpLabels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.GcpScheme;
import dev.enclave.gcp.internal.model.LabelText;
import dev.enclave.gcp.internal.model.VersionNumbers;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.CreateRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    Map<String, String> labels = new HashMap<>();
    LabelText.put(labels, "enclave-text", text);
    assertThat(LabelText.get(labels, "enclave-text")).contains(text);
    assertThat(labels.keySet()).allMatch(key -> key.matches("[a-z][a-z0-9_-]{0,62}"));
    assertThat(labels.values()).allMatch(value -> value.matches("[a-z0-9_-]{0,63}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"_", "_9", "_4", "_4zzzz", "Upper", "a b", "_40041", "ü"})
  void whatWasMangledIsAbsent(String label) {
    assertThat(LabelText.get(Map.of("enclave-text", label), "enclave-text")).isEmpty();
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
      GcpLabels labels = new GcpLabels(GcpLabels.of(request));
      assertThat(labels.key()).contains(longest);
      assertThat(labels.algorithm()).contains(algorithm);
      assertThat(labels.rotation()).isEqualTo(request.rotation());
      assertThat(labels.stamp()).isEqualTo(StampReading.of(stamp));
      assertThat(labels.operationId()).isEqualTo(request.operationId());
    }
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
  void labelsCarryAnActivation() {
    KeyName name = KeyName.of("wallet-42");
    Activation activation = new Activation(7, 12, VersionNumbers.of(1, 2, 3, 5, 12), "Op-1");
    GcpLabels labels = new GcpLabels(GcpLabels.of(name, activation));
    assertThat(labels.activation(name, 7)).contains(activation);
    assertThat(labels.activation(KeyName.of("wallet-43"), 7)).isEmpty();
    assertThat(labels.key()).isEmpty();
  }

  @Test
  void anActivationOfHundredsOfScatteredVersions_fitsItsLabels() {
    Activation activation = FIRST;
    for (int version = 2; version < 1_000; version += 2) {
      activation = activation.activatingAndDisabling(version, "op", AT);
    }
    Map<String, String> labels = GcpLabels.of(KeyName.of("w".repeat(52)), activation);
    assertThat(labels).hasSizeLessThanOrEqualTo(64);
    assertThat(new GcpLabels(labels).activation(KeyName.of("w".repeat(52)), activation.number()))
        .contains(activation);
  }

  private static final Instant AT = Instant.parse("2026-11-28T09:00:00Z");
  private static final Activation FIRST = Activation.first("create");

  @Test
  void takesNoMangledStamp_forAMissingOne() {
    assertThat(new GcpLabels(Map.of()).stamp()).isEqualTo(StampReading.none());
    for (String mangled : List.of("", "PRODUCTION", "prod")) {
      assertThat(new GcpLabels(Map.of(GcpLabels.STAMP, mangled)).stamp())
          .isInstanceOf(StampReading.Unreadable.class);
    }
  }

  @Test
  void versionNumbersAreWrittenAsRanges() {
    assertThat(VersionNumbers.of(1, 2, 3, 5).toString()).isEqualTo("1t3-5");
    assertThat(VersionNumbers.parse("1t3-5")).contains(VersionNumbers.of(1, 2, 3, 5));
    assertThat(VersionNumbers.parse("")).contains(VersionNumbers.of());
    assertThat(VersionNumbers.of(9).with(10).contains(10)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1t", "t1", "a", "1--2", "1-", "999999", "01"})
  void whatIsNoSetOfVersionsIsNone(String text) {
    assertThat(VersionNumbers.parse(text)).isEmpty();
  }

  @Test
  void versionsAreOrderedAsNumbers() {
    TreeSet<Integer> numbers = new TreeSet<>();
    for (int number : new int[] {10, 9, 1, 11}) {
      numbers.add(
          GcpNames.numberOf(GcpNames.version(GcpNames.key(RING, "wallet"), number)).orElseThrow());
    }
    assertThat(numbers).containsExactly(1, 9, 10, 11);
  }

  @Test
  void takesResourceNamesApart() {
    String key = GcpNames.key(RING, "wallet-42");
    String version = GcpNames.version(key, 12);
    assertThat(GcpNames.isKeyRing(RING)).isTrue();
    assertThat(GcpNames.isKey(key)).isTrue();
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
    assertThat(List.of(GcpNames.isKeyRing(text), GcpNames.isKey(text), GcpNames.isVersion(text)))
        .containsOnly(false);
  }

  @Test
  void noRecordIsTakenForAKey() {
    assertThat(GcpNames.recordId(KeyName.of("w".repeat(52)), GcpActivations.LAST_ACTIVATION))
        .hasSizeLessThanOrEqualTo(63)
        .contains("_");
  }
}

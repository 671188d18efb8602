package dev.enclave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.PublicKeyEngine;
import dev.enclave.internal.Quoted;
import dev.enclave.spi.KeyVersionRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

  static SealedBytes box() {
    return new SealedBytes(
        new KeyHandle(BackendId.SOFTWARE, "/keys", new KeyName("kek-1"), Optional.empty()),
        new KeyVersionId("1"),
        Bytes.of(new byte[60]),
        Bytes.of(new byte[12]),
        Bytes.of(new byte[32]),
        Bytes.of(new byte[20]));
  }

  private static void refused(ErrorCode code, Runnable call) {
    assertThat(catchThrowable(call::run))
        .isInstanceOfSatisfying(EnclaveException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "wallet-42", "a123456789012345678901234567890123456789012345678901"})
  void acceptsNamesOfTheGrammar(String name) {
    assertThat(new KeyName(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "A",
        "Wallet",
        "1a",
        "-a",
        "a_b",
        "a.b",
        "../a",
        "a/b",
        "a ",
        "a\n",
        "a1234567890123456789012345678901234567890123456789012"
      })
  void refusesNamesOutsideTheGrammar(String name) {
    refused(ErrorCode.INVALID_NAME, () -> new KeyName(name));
  }

  @Test
  void escapesWhatItQuotes() {
    Throwable thrown = catchThrowable(() -> new KeyName("a\r\nFORGED ${jndi:ldap://x}"));
    assertThat(thrown).hasMessageContaining("a\\u000d\\u000aFORGED");
    assertThat(thrown).message().hasLineCount(1);
  }

  @Test
  void shortensWhatItQuotes() {
    assertThat(Quoted.of("x".repeat(10_000))).hasSizeLessThan(120);
  }

  @Test
  void refusesADigestOfAnotherLength() {
    refused(ErrorCode.INVALID_DIGEST, () -> Digest.of(DigestAlgorithm.SHA_256, new byte[31]));
  }

  @Test
  void copiesBytesInAndOut() {
    byte[] source = {1, 2, 3};
    Bytes bytes = Bytes.of(source);
    source[0] = 9;
    bytes.toByteArray()[1] = 9;
    assertThat(bytes.toByteArray()).containsExactly(1, 2, 3);
    assertThat(bytes).hasToString("Bytes[3]");
    assertThat(Message.of(source)).hasToString("Message[3 bytes]");
  }

  @Test
  void readsASealedBoxAsItWasWritten() {
    assertThat(SealedBytes.parse(box().toByteArray())).isEqualTo(box());
  }

  @Test
  void refusesASealedBoxCutAnywhere_orFollowedByAnything() {
    byte[] whole = box().toByteArray();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      refused(ErrorCode.NOT_SEALED_BYTES, () -> SealedBytes.parse(cut));
    }
    refused(
        ErrorCode.NOT_SEALED_BYTES,
        () -> SealedBytes.parse(Arrays.copyOf(whole, whole.length + 1)));
  }

  @Test
  void refusesAHandleThatIsNotCanonical() {
    refused(
        ErrorCode.INVALID_HANDLE, () -> KeyHandle.parse("enclave:v1:software:%2fkeys:wallet-42:-"));
    refused(ErrorCode.INVALID_HANDLE, () -> KeyHandle.parse("enclave:v1:software:%zz:a:-"));
    refused(ErrorCode.INVALID_HANDLE, () -> KeyHandle.parse("enclave:v1:software:d:a:abcd"));
  }

  @Test
  void percentEncodesTheAuthorityOfAHandle() {
    KeyHandle handle =
        new KeyHandle(BackendId.SOFTWARE, "/my keys+more", new KeyName("a"), Optional.empty());
    assertThat(handle).hasToString("enclave:v1:software:%2Fmy%20keys%2Bmore:a:-");
    assertThat(KeyHandle.parse(handle.toString())).isEqualTo(handle);
  }

  @Test
  @SuppressWarnings("NullAway") // What a framework's map may hold is not what its type says.
  void refusesAConfigSourceWithAValueMissing_namingIt() {
    Map<String, String> settings = new java.util.HashMap<>();
    settings.put("enclave.environment", null);
    assertThat(catchThrowable(() -> new ConfigSource("framework", settings)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("enclave.environment");
  }

  @Test
  void readsRotationIntervalsAsItWritesThem() {
    for (RotationInterval interval :
        new RotationInterval[] {
          RotationInterval.NEVER,
          RotationInterval.POLICY,
          RotationInterval.every(Duration.ofDays(90))
        }) {
      assertThat(RotationInterval.parse(interval.toString())).isEqualTo(interval);
    }
    refused(ErrorCode.INVALID_ARGUMENT, () -> RotationInterval.every(Duration.ofMinutes(59)));
    refused(ErrorCode.INVALID_ARGUMENT, () -> RotationInterval.parse("PT99999999999999H"));
  }

  @Test
  void saysWhenAKeyIsDue() {
    Instant then = Instant.parse("2026-01-01T00:00:00Z");
    assertThat(RotationInterval.every(Duration.ofDays(1)).dueAfter(then))
        .contains(Instant.parse("2026-01-02T00:00:00Z"));
    assertThat(RotationInterval.NEVER.dueAfter(then)).isEmpty();
  }

  @Test
  void refusesADeadlineThatHasPassed() {
    refused(ErrorCode.INVALID_ARGUMENT, () -> SignOptions.defaults().deadline(Duration.ZERO));
  }

  @Test
  void countsAGraceFromTheRotation_byEitherClock() {
    Instant replaced = Instant.parse("2026-01-01T00:00:00Z");
    KeyVersionRef ref =
        KeyVersionRef.of(
            KeyName.of("tls"),
            KeyVersionId.of("1"),
            SigningAlgorithm.ED25519,
            KeyState.ACTIVE,
            StampReading.none(),
            "pocket:tls/1");

    assertThat(ref.inGrace(replaced, replaced)).isFalse();
    KeyVersionRef held = ref.withGrace(Duration.ofSeconds(10));
    for (int sign : new int[] {1, -1}) {
      assertThat(held.inGrace(replaced, replaced.plusMillis(sign * 9_999L))).isTrue();
      assertThat(held.inGrace(replaced, replaced.plusMillis(sign * 10_000L))).isFalse();
    }
  }

  @Test
  void hidesTheValuesOfAConfigSource() {
    assertThat(
            new ConfigSource("vault", Map.of("enclave.software.passphrase", "hunter2")).toString())
        .contains("enclave.software.passphrase")
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @MethodSource("dev.enclave.KeyAlgorithm#all")
  void namesEachAlgorithmOnce(KeyAlgorithm algorithm) {
    assertThat(KeyAlgorithm.parse(algorithm.name().toLowerCase(java.util.Locale.ROOT)))
        .isEqualTo(algorithm);
    assertThat(algorithm.hasEncoding(algorithm.defaultEncoding())).isTrue();
    assertThat(algorithm.joseName().isPresent() || algorithm.name().endsWith("KECCAK256")).isTrue();
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void makesTheExceptionOfACodesCategory(ErrorCode code) {
    EnclaveException exception = EnclaveException.of(code, "observed; do this");
    assertThat(exception.category()).isEqualTo(code.category());
    assertThat(exception).hasMessage("observed; do this");
  }

  @Test
  void refusesACodeOfAnotherCategory() {
    assertThat(catchThrowable(() -> new UsageException(ErrorCode.ACCESS_DENIED, "x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysThatTheCryptoModuleIsMissing_whenItIs() {
    refused(ErrorCode.ENGINE_NOT_FOUND, PublicKeyEngine::get);
    refused(ErrorCode.ENGINE_NOT_FOUND, EnclaveFactory::detect);
  }

  @Test
  void ordersAssuranceFromWeakToStrong() {
    assertThat(Assurance.HSM.atLeast(Assurance.HSM_WRAPPED)).isTrue();
    assertThat(Assurance.SOFTWARE.atLeast(Assurance.OS_SEALED)).isFalse();
  }

  @Test
  void acceptsOnlyItsOwnStampWhereItIsStrict() {
    for (EnvironmentType here : EnvironmentType.values()) {
      for (EnvironmentType stamp : EnvironmentType.values()) {
        boolean lenient =
            here.compareTo(EnvironmentType.DEVELOPMENT) >= 0
                && stamp.compareTo(EnvironmentType.DEVELOPMENT) >= 0;
        assertThat(here.accepts(stamp))
            .as("%s in %s", stamp, here)
            .isEqualTo(here == stamp || lenient);
      }
    }
  }
}

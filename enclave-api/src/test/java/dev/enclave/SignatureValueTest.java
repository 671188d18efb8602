package dev.enclave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureValueTest {

  private static final SignatureValue SIGNATURE = signature("01", "1");

  private static SignatureValue signature(String hex, String version) {
    return SignatureValue.of(
        Bytes.ofHex(hex),
        SignatureEncoding.DER,
        SigningAlgorithm.ECDSA_SECP256K1_SHA256,
        new KeyHandle(BackendId.SOFTWARE, "/keys", KeyName.of("wallet"), Optional.empty()),
        KeyVersionId.of(version),
        Optional.of("request-1"));
  }

  @Test
  void computesTheRecoveryIdWhenFirstAskedForAndOnce() {
    AtomicInteger computations = new AtomicInteger();
    SignatureValue signature =
        SIGNATURE.withRecoveryId(() -> OptionalInt.of(computations.getAndIncrement()));
    assertThat(computations).hasValue(0);
    assertThat(signature.recoveryId()).hasValue(0);
    assertThat(signature.recoveryId()).hasValue(0);
    assertThat(computations).hasValue(1);
  }

  @Test
  void hasNoRecoveryIdWhenPutTogetherFromItsParts() {
    assertThat(SIGNATURE.recoveryId()).isEmpty();
  }

  @Test
  void isEqualToItsStoredAndReloadedForm_andToOnePutTogetherFromItsParts() {
    SignatureValue fresh = SIGNATURE.withRecoveryId(() -> OptionalInt.of(1));
    SignatureValue reloaded = SignatureValue.parse(fresh.toString());
    assertThat(reloaded).isEqualTo(fresh).hasSameHashCodeAs(fresh).hasToString(fresh.toString());
    assertThat(reloaded.recoveryId()).hasValue(1);
    SignatureValue rebuilt =
        SignatureValue.of(
            fresh.bytes(),
            fresh.encoding(),
            fresh.algorithm(),
            fresh.key(),
            fresh.version(),
            Optional.empty());
    assertThat(rebuilt).isEqualTo(fresh).hasSameHashCodeAs(fresh);
  }

  @Test
  void differsFromAnotherSignatureAndOneByAnotherVersion() {
    assertThat(signature("02", "1")).isNotEqualTo(SIGNATURE);
    assertThat(signature("01", "2")).isNotEqualTo(SIGNATURE);
  }

  @Test
  void isItselfInItsOwnEncoding() {
    assertThat(SIGNATURE.as(SignatureEncoding.DER)).isSameAs(SIGNATURE);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 4, 27, 28})
  void refusesARecoveryIdThatIsNone(int id) {
    SignatureValue signature = SIGNATURE.withRecoveryId(() -> OptionalInt.of(id));
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(signature::recoveryId)
        .withMessageContaining("is 0, 1, 2 or 3 but " + id)
        .matches(e -> e.code() == ErrorCode.INVALID_ARGUMENT);
  }

  @Test
  void refusesAnEncodingThatTheAlgorithmDoesNotHave() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () ->
                SignatureValue.of(
                    SIGNATURE.bytes(),
                    SignatureEncoding.DER,
                    SigningAlgorithm.ED25519,
                    SIGNATURE.key(),
                    SIGNATURE.version(),
                    Optional.empty()))
        .withMessage("Signatures of ED25519 have no DER encoding. Use RAW.")
        .matches(e -> e.code() == ErrorCode.INVALID_ENCODING);
  }
}

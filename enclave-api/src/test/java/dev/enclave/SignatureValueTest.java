package dev.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SignatureValueTest {

  private static final SignatureValue SIGNATURE = signature("01", "1");

  private static SignatureValue signature(String hex, String version) {
    return SignatureValue.of(
        Bytes.ofHex(hex),
        SignatureEncoding.DER,
        KeyAlgorithm.ECDSA_SECP256K1_SHA256,
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
  void hasNoRecoveryIdWhenPutTogetherFromWhatWasStored() {
    assertThat(SIGNATURE.recoveryId()).isEmpty();
  }

  @Test
  void isEqualToTheStoredSignatureWhateverTheRecoveryId() {
    SignatureValue computed = SIGNATURE.withRecoveryId(() -> OptionalInt.of(1));
    assertThat(computed).isEqualTo(SIGNATURE).hasSameHashCodeAs(SIGNATURE);
    assertThat(signature("02", "1")).isNotEqualTo(SIGNATURE);
    assertThat(signature("01", "2")).isNotEqualTo(SIGNATURE);
  }

  @Test
  void isItselfInItsOwnEncoding() {
    assertThat(SIGNATURE.as(SignatureEncoding.DER)).isSameAs(SIGNATURE);
  }

  @Test
  void namesKeyVersionAndRequestButShowsNoBytes() {
    assertThat(SIGNATURE)
        .hasToString(
            "SignatureValue[ECDSA_SECP256K1_SHA256, DER, "
                + SIGNATURE.key()
                + ", version 1,"
                + " request-1]");
  }
}

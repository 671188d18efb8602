package dev.enclave.cli.use;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Bytes;
import dev.enclave.Fallback;
import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@code enclave sign} writes bytes, which have no place for an endorsement. */
class CompanionsSignatureTest {

  private static final KeyHandle KEY = KeyHandle.parse("enclave:v1:aws-kms:account:payments:-");
  private static final KeyHandle COMPANION =
      KeyHandle.parse("enclave:v1:software:store:enclave-fallback-1:-");

  @Test
  void isNotWritten() throws Exception {
    SignatureValue own = by(KEY);
    assertThat(SignCommand.requireOwn(own)).isSameAs(own);
    SignatureValue companions = endorsement().on(by(COMPANION));
    ConnectivityException refused =
        catchThrowableOfType(ConnectivityException.class, () -> SignCommand.requireOwn(companions));
    assertThat(refused.code()).isEqualTo(ErrorCode.FALLBACK_IN_USE);
    assertThat(refused)
        .hasMessageContaining("payments")
        .hasMessageContaining("nothing was written");
  }

  private static SignatureValue by(KeyHandle key) {
    return SignatureValue.of(
        Bytes.of(new byte[] {1}),
        SignatureEncoding.DER,
        SigningAlgorithm.ECDSA_P256_SHA256,
        key,
        KeyVersionId.of("v1"),
        Optional.empty());
  }

  private static Fallback.Endorsement endorsement() throws Exception {
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
    pairs.initialize(new ECGenParameterSpec("secp256r1"));
    PublicKeyInfo key =
        PublicKeyInfo.fromSpki(
            pairs.generateKeyPair().getPublic().getEncoded(), SigningAlgorithm.ECDSA_P256_SHA256);
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    return new Fallback.Endorsement(
        KEY,
        KeyVersionId.of("v1"),
        "production",
        COMPANION,
        KeyVersionId.of("v1"),
        key,
        now,
        now.plusSeconds(3600),
        new StatementSignature(key.fingerprint(), Bytes.of(new byte[] {1})));
  }
}

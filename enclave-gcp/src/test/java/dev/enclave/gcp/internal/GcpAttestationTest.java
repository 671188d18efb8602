package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.protobuf.ByteString;
import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.Attester.Attestation;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the HSM's statement says is read, and one that was changed is not believed. */
class GcpAttestationTest {

  private static Bench bench;

  @BeforeAll
  static void start() {
    bench = Bench.start();
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyAlgorithm.class,
      names = {"ECDSA_P256_SHA256", "ED25519", "AES_256_GCM"})
  void readsThatTheHsmMadeTheKey(KeyAlgorithm algorithm) throws Exception {
    KeyVersionRef key = bench.key(algorithm);
    Attestation attestation = bench.backend().attest(key, bench.call());
    assertThat(attestation.format()).isEqualTo("CAVIUM_V2_COMPRESSED");
    assertThat(attestation.certificates()).hasSize(2);
    assertThat(attestation.facts())
        .containsEntry("made in the HSM", "yes")
        .containsEntry("extractable", "no")
        .containsEntry("signed by the leaf certificate's key", "yes")
        .containsEntry("of this version", "yes, by the SHA-256 of its name");
  }

  @Test
  void doesNotBelieveAStatementOnAnotherVersion() throws Exception {
    KeyVersionRef key = bench.key(KeyAlgorithm.ECDSA_P256_SHA256);
    KeyVersionRef other = bench.key(KeyAlgorithm.ECDSA_P256_SHA256);
    CryptoKeyVersion[] seen = new CryptoKeyVersion[1];
    bench
        .tampering()
        .responses(
            "GetCryptoKeyVersion",
            message -> {
              seen[0] = (CryptoKeyVersion) message;
              return message;
            });
    bench.backend().attest(other, bench.call());
    requireCorrupt(
        key, version -> version.toBuilder().setAttestation(seen[0].getAttestation()).build());
  }

  @Test
  void doesNotBelieveAStatementThatWasChanged() throws Exception {
    KeyVersionRef key = bench.key(KeyAlgorithm.ECDSA_P256_SHA256);
    requireCorrupt(
        key,
        version -> {
          byte[] content = version.getAttestation().getContent().toByteArray();
          content[content.length / 2] ^= 1;
          CryptoKeyVersion.Builder changed = version.toBuilder();
          changed.getAttestationBuilder().setContent(ByteString.copyFrom(content));
          return changed.build();
        });
  }

  private static void requireCorrupt(
      KeyVersionRef key, java.util.function.UnaryOperator<CryptoKeyVersion> change) {
    bench
        .tampering()
        .responses("GetCryptoKeyVersion", message -> change.apply((CryptoKeyVersion) message));
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> bench.backend().attest(key, bench.call()));
    bench.tampering().stop();
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void saysThatThereIsNone_outsideAnHsm() throws Exception {
    KeyVersionRef key = bench.key(KeyAlgorithm.ECDSA_P256_SHA256);
    bench
        .tampering()
        .responses(
            "GetCryptoKeyVersion",
            message -> ((CryptoKeyVersion) message).toBuilder().clearAttestation().build());
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> bench.backend().attest(key, bench.call()));
    bench.tampering().stop();
    assertThat(failure.code()).isEqualTo(FailureCode.UNSUPPORTED);
  }
}

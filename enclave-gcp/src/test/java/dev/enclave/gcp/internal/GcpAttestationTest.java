package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.KeyOperationAttestation.CertificateChains;
import com.google.cloud.kms.v1.PublicKey;
import com.google.protobuf.ByteString;
import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.kit.attest.CardStatement;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.Attester;
import dev.enclave.spi.backend.Attester.Attestation;
import dev.enclave.spi.backend.Attester.Chain;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  @ValueSource(strings = {"ECDSA_P256_SHA256", "RSA_PSS_2048_SHA256", "AES_256_GCM"})
  void readsThatTheHsmMadeTheKey(KeyAlgorithm algorithm) throws Exception {
    KeyVersionRef key = bench.key(algorithm);
    Attestation attestation = bench.backend().attest(key, bench.call());
    assertThat(attestation.format()).isEqualTo("CAVIUM_V2_COMPRESSED");
    assertThat(attestation.chains())
        .extracting(Chain::of)
        .containsExactly("manufacturer", "Google, of the partition", "Google, of the card");
    assertThat(attestation.chains())
        .extracting(Chain::signer)
        .as("the card's key signs no statement")
        .containsExactly(true, true, false);
    assertThat(attestation.facts())
        .containsEntry("made in the HSM", "yes")
        .containsEntry("extractable", "no")
        .containsEntry("never extractable", "yes")
        .hasEntrySatisfying("id", id -> assertThat(id).matches("([0-9a-f]{16} ){7}[0-9a-f]{16}"))
        .matches(facts -> facts.containsKey(Attester.PUBLIC_KEY) == algorithm.asymmetric());
    assertThat(attestation.checks())
        .contains(Check.SIGNATURE)
        .as("nothing published says what 0x0102 is the hash of")
        .doesNotContain(Check.VERSION)
        .matches(checks -> checks.contains(Check.PUBLIC_KEY) == algorithm.asymmetric());
  }

  @Test
  void doesNotBelieveAStatementOnAnotherVersion() throws Exception {
    KeyVersionRef key = bench.key(SigningAlgorithm.ECDSA_P256_SHA256);
    KeyVersionRef other = bench.key(SigningAlgorithm.ECDSA_P256_SHA256);
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
    KeyVersionRef key = bench.key(SigningAlgorithm.ECDSA_P256_SHA256);
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

  @Test
  void doesNotBelieveAStatementOnAnotherPublicKey() throws Exception {
    KeyVersionRef key = bench.key(SigningAlgorithm.ECDSA_P256_SHA256);
    KeyVersionRef other = bench.key(SigningAlgorithm.ECDSA_P256_SHA256);
    PublicKey[] seen = new PublicKey[1];
    try (CapableBackend fresh = bench.another()) {
      bench
          .tampering()
          .responses(
              "GetPublicKey",
              message -> {
                seen[0] = (PublicKey) message;
                return message;
              });
      fresh.attest(other, bench.call());
      bench
          .tampering()
          .responses(
              "GetPublicKey",
              message -> seen[0].toBuilder().setName(((PublicKey) message).getName()).build());
      BackendFailure failure =
          catchThrowableOfType(BackendFailure.class, () -> fresh.attest(key, bench.call()));
      bench.tampering().stop();
      assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(failure).hasMessageContaining("another public key");
    }
  }

  @Test
  void doesNotBelieveCertificatesOfAnotherKeyThanTheOneThatSigned() throws Exception {
    KeyVersionRef key = bench.key(SigningAlgorithm.ECDSA_P256_SHA256);
    requireCorrupt(
        key,
        version ->
            chains(
                version,
                chains ->
                    chains.setCaviumCerts(0, chains.getCaviumCerts(1)).clearGoogleCardCerts()));
    requireCorrupt(
        key,
        version ->
            chains(version, chains -> chains.setGooglePartitionCerts(0, chains.getCaviumCerts(1))));
    requireCorrupt(
        key,
        version ->
            chains(version, chains -> chains.setGoogleCardCerts(0, chains.getCaviumCerts(0))));
  }

  /** The cloud gives none today, and a file from the console may have them. */
  @Test
  void leavesOutRootsAtTheEndOfChains() throws Exception {
    KeyVersionRef key = bench.key(SigningAlgorithm.ECDSA_P256_SHA256);
    List<String> roots = bench.server().attestationRoots();
    bench
        .tampering()
        .responses(
            "GetCryptoKeyVersion",
            message ->
                chains(
                    (CryptoKeyVersion) message,
                    chains ->
                        chains
                            .addCaviumCerts(roots.get(0))
                            .addGooglePartitionCerts(roots.get(1))
                            .addGoogleCardCerts(roots.get(1))));
    Attestation attestation = bench.backend().attest(key, bench.call());
    bench.tampering().stop();
    assertThat(attestation.checks()).contains(Check.SIGNATURE, Check.PUBLIC_KEY);
    assertThat(attestation.chains())
        .extracting(chain -> chain.certificates().size())
        .containsExactly(2, 1, 1);
  }

  private static CryptoKeyVersion chains(
      CryptoKeyVersion version, Consumer<CertificateChains.Builder> change) {
    CryptoKeyVersion.Builder changed = version.toBuilder();
    change.accept(changed.getAttestationBuilder().getCertChainsBuilder());
    return changed.build();
  }

  @Test
  void saysThatNobodySigned_whereThereIsNoCertificate() throws Exception {
    KeyVersionRef key = bench.key(SigningAlgorithm.ECDSA_P256_SHA256);
    bench
        .tampering()
        .responses(
            "GetCryptoKeyVersion",
            message -> {
              CryptoKeyVersion.Builder bare = ((CryptoKeyVersion) message).toBuilder();
              bare.getAttestationBuilder().clearCertChains();
              return bare.build();
            });
    Attestation attestation = bench.backend().attest(key, bench.call());
    bench.tampering().stop();
    assertThat(attestation.checks()).doesNotContain(Check.SIGNATURE);
    assertThat(attestation.chains()).isEmpty();
  }

  /**
   * The one statement of a real HSM that was published as a dump says of its public object, a key
   * on P-256, that 0x0120 is the point and 0x1003 this.
   */
  @Test
  void takesTheCheckValueForTheHashOfThePublicKey_asARealStatementHasIt() throws Exception {
    byte[] point =
        HexFormat.of()
            .parseHex(
                "0448325169a37687389bf6de2febaf15985d0352708bbe022b2b9c4c6efb78dc7f"
                    + "d54e0d20a3aa6e06ee53b1052f611a0d42b61081498db789c09756b8010ada70");
    byte[] head = HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
    byte[] spki = Arrays.copyOf(head, head.length + point.length);
    System.arraycopy(point, 0, spki, head.length, point.length);
    assertThat(HexFormat.of().formatHex(CardStatement.sha256(spki)))
        .isEqualTo("4075a3e5a13e33095430962abcbacbef32d7737234868785d2420893293fc86a");
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
    KeyVersionRef key = bench.key(SigningAlgorithm.ECDSA_P256_SHA256);
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

package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.OutsideKeys.Outside;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.Attester;
import dev.enclave.spi.backend.Attester.Attestation;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.RestoreRequest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a managed HSM's statement on a key says is read, and one that was changed not believed. */
class AzureAttestationTest {

  private static AzureBench bench;
  private static int names;

  @BeforeAll
  static void open() {
    bench = AzureBench.managedHsm();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void leaveAlone() {
    bench.leaveAlone();
  }

  private static KeyVersionRef key(KeyAlgorithm algorithm) throws BackendFailure {
    KeySnapshot key = bench.create(KeyName.of("key-" + names++), algorithm);
    return key.ref(key.active().orElseThrow());
  }

  private static Attestation attest(KeyVersionRef ref) throws BackendFailure {
    return bench.backend.capability(Attester.class).orElseThrow().attest(ref, bench.call());
  }

  private static BackendFailure failure(KeyVersionRef ref) {
    return catchThrowableOfType(BackendFailure.class, () -> attest(ref));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ECDSA_P256_SHA256", "RSA_PSS_2048_SHA256", "AES_256_GCM"})
  void readsThatTheHsmMadeTheKey(KeyAlgorithm algorithm) throws Exception {
    Attestation attestation = attest(key(algorithm));
    assertThat(attestation.format()).isEqualTo("MRVL-1");
    assertThat(attestation.facts())
        .containsEntry("made in the HSM", "yes")
        .containsEntry("extractable", "no")
        .containsEntry("never extractable", "yes")
        .containsEntry("signed by the leaf certificate's key", "yes")
        .containsEntry("of this version", "yes, by name and version in it")
        .containsEntry("certificates", "4");
  }

  @Test
  void givesTheChainToTheManufacturersRoot_leafFirst() throws Exception {
    Attestation attestation = attest(key(SigningAlgorithm.ECDSA_P256_SHA256));
    assertThat(attestation.certificates()).hasSize(2);
    X509Certificate leaf = certificate(attestation.certificates().get(0).toByteArray());
    X509Certificate adapter = certificate(attestation.certificates().get(1).toByteArray());
    leaf.verify(adapter.getPublicKey());
    adapter.verify(
        certificate(bench.server.attestationRoot().getBytes(StandardCharsets.US_ASCII))
            .getPublicKey());
  }

  private static X509Certificate certificate(byte[] encoded) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  @Test
  void readsThatAKeyCameFromElsewhere() throws Exception {
    try (Outside outside = OutsideKeys.of(SigningAlgorithm.ECDSA_P256_SHA256, KeyState.ACTIVE)) {
      RestoreRequest request = outside.request(KeyName.of("restored"));
      KeySnapshot restored =
          bench.backend.restore(request, KeyVaults.call(request.operationId(), bench.clock));
      assertThat(attest(restored.ref(restored.active().orElseThrow())).facts())
          .containsEntry("made in the HSM", "no")
          .containsEntry("never extractable", "no");
    }
  }

  @Test
  void doesNotBelieveAStatementOnAnotherVersion() throws Exception {
    KeyVersionRef key = key(SigningAlgorithm.ECDSA_P256_SHA256);
    String other =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                attest(key(SigningAlgorithm.ECDSA_P256_SHA256)).statement().toByteArray());
    rewriteStatement(any -> other);
    assertThat(failure(key).code()).isEqualTo(FailureCode.CORRUPT);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 45, 80, 150, 300})
  void doesNotBelieveAStatementThatWasChanged(int at) throws Exception {
    KeyVersionRef key = key(SigningAlgorithm.ECDSA_P256_SHA256);
    rewriteStatement(
        text -> {
          byte[] statement = Base64.getUrlDecoder().decode(text);
          statement[at] ^= 1;
          return Base64.getUrlEncoder().withoutPadding().encodeToString(statement);
        });
    assertThat(failure(key).code()).isEqualTo(FailureCode.CORRUPT);
  }

  private static void rewriteStatement(UnaryOperator<String> change) {
    rewrite("privateKeyAttestation", change);
  }

  private static void rewrite(String member, UnaryOperator<String> change) {
    bench.rewrite(
        "GetKeyAttestation",
        body -> {
          String value = body.replaceAll("(?s).*\"" + member + "\":\"([^\"]*)\".*", "$1");
          return body.replace(value, change.apply(value));
        });
  }

  @Test
  void doesNotBelieveCertificatesThatAreNone_orWithoutTheSigners() throws Exception {
    KeyVersionRef key = key(SigningAlgorithm.ECDSA_P256_SHA256);
    rewrite("certificatePemFile", any -> "bm9uZQ");
    assertThat(failure(key).code()).isEqualTo(FailureCode.CORRUPT);
    String root =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(bench.server.attestationRoot().getBytes(StandardCharsets.US_ASCII));
    rewrite("certificatePemFile", any -> root);
    assertThat(failure(key)).hasMessageContaining("none of its certificates");
  }

  @Test
  void saysWhatItCouldNotCheck() throws Exception {
    KeyVersionRef key = key(SigningAlgorithm.ECDSA_P256_SHA256);
    bench.rewrite(
        "GetKeyAttestation",
        body ->
            body.replaceAll("\"certificatePemFile\":\"[^\"]*\",", "")
                .replaceAll(
                    "\"privateKeyAttestation\":\"[^\"]*\"", "\"privateKeyAttestation\":\"AAAA\""));
    assertThat(attest(key).facts())
        .containsEntry("signed by the leaf certificate's key", "not checked")
        .containsEntry("attributes", "laid out in a way that is not known here")
        .doesNotContainKey("made in the HSM");
  }

  @Test
  void saysThatThereIsNone_whereTheHsmSendsNone() throws Exception {
    KeyVersionRef key = key(SigningAlgorithm.ECDSA_P256_SHA256);
    bench.rewrite(
        "GetKeyAttestation", body -> body.replaceAll("\"attestation\":\\{[^}]*}", "\"x\":1"));
    assertThat(failure(key).code()).isEqualTo(FailureCode.UNSUPPORTED);
  }

  @Test
  void isTheManagedHsmsAlone() {
    assertThat(bench.backend.traits()).contains(BackendTrait.ATTESTS);
    try (AzureBench vault = new AzureBench()) {
      assertThat(vault.backend).isNotInstanceOf(Attester.class);
      assertThat(vault.backend.traits()).doesNotContain(BackendTrait.ATTESTS);
    }
  }
}

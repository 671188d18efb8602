package dev.enclave.emulators.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.CreateOctKeyOptions;
import com.azure.security.keyvault.keys.models.KeyAttestation;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Checked step by step as the scripts of Microsoft's documentation do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyVaultAttestationTest {

  private static final int SIGNATURE_BYTES = 256;

  private AzureKeyVaultServer server;
  private KeyClient keys;

  @BeforeAll
  void start() {
    server = AzureKeyVaultServer.builder().managedHsm().start();
    keys = AzureClients.keys(server);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private KeyAttestation attestation(KeyVaultKey key) {
    KeyVaultKey attested =
        keys.getKeyAttestationWithResponse(
                key.getName(), key.getProperties().getVersion(), Context.NONE)
            .getValue();
    assertThat(attested.getId()).isEqualTo(key.getId());
    return attested.getProperties().getKeyAttestation();
  }

  private static List<X509Certificate> certificates(byte[] pem) throws Exception {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem))) {
      certificates.add((X509Certificate) certificate);
    }
    return certificates;
  }

  private static X509Certificate issuedBy(X509Certificate issuer, List<X509Certificate> all) {
    return all.stream()
        .filter(c -> !c.getSubjectX500Principal().equals(c.getIssuerX500Principal()))
        .filter(c -> c.getIssuerX500Principal().equals(issuer.getSubjectX500Principal()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void attestsAPair_byBothChains() throws Exception {
    KeyAttestation attestation =
        attestation(keys.createEcKey(new CreateEcKeyOptions("ec").setHardwareProtected(true)));
    assertThat(attestation.getVersion()).isEqualTo("MRVL-1");
    List<X509Certificate> all = certificates(attestation.getCertificatePemFile());
    X509Certificate root =
        certificates(server.attestationRoot().getBytes(StandardCharsets.US_ASCII)).get(0);
    assertThat(all).hasSize(4).doesNotContain(root);

    X509Certificate adapter = issuedBy(root, all);
    adapter.verify(root.getPublicKey());
    X509Certificate partition = issuedBy(adapter, all);
    partition.verify(adapter.getPublicKey());
    X509Certificate owner =
        all.stream()
            .filter(c -> c.getSubjectX500Principal().equals(c.getIssuerX500Principal()))
            .findFirst()
            .orElseThrow();
    X509Certificate second = issuedBy(owner, all);
    second.verify(owner.getPublicKey());
    assertThat(second.getPublicKey()).isEqualTo(partition.getPublicKey());
    requireSigned(attestation.getPrivateKeyAttestation(), partition);
    requireSigned(attestation.getPublicKeyAttestation(), partition);
  }

  private static void requireSigned(byte[] blob, X509Certificate partition) throws Exception {
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(partition.getPublicKey());
    verifier.update(blob, 0, blob.length - SIGNATURE_BYTES);
    assertThat(verifier.verify(blob, blob.length - SIGNATURE_BYTES, SIGNATURE_BYTES)).isTrue();
  }

  @Test
  void namesTheVersion() {
    KeyVaultKey key = keys.createEcKey(new CreateEcKeyOptions("named").setHardwareProtected(true));
    assertThat(new String(attestation(key).getPrivateKeyAttestation(), StandardCharsets.ISO_8859_1))
        .contains("named/" + key.getProperties().getVersion());
  }

  @Test
  void attestsASymmetricKey_byItsPrivatePartAlone() {
    KeyAttestation attestation =
        attestation(keys.createOctKey(new CreateOctKeyOptions("aes").setHardwareProtected(true)));
    assertThat(attestation.getPrivateKeyAttestation()).isNotEmpty();
    assertThat(attestation.getPublicKeyAttestation()).isNull();
  }

  @Test
  void aVaultAttestsNothing() {
    try (AzureKeyVaultServer vault = AzureKeyVaultServer.builder().start()) {
      KeyClient client = AzureClients.keys(vault);
      KeyVaultKey key = client.createEcKey(new CreateEcKeyOptions("ec").setHardwareProtected(true));
      KeyVaultRefusals.assertRefused(
          () ->
              client.getKeyAttestationWithResponse(
                  "ec", key.getProperties().getVersion(), Context.NONE),
          400,
          "NotSupported");
    }
  }
}

package dev.enclave.emulators.gcp;

import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionView;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.KeyOperationAttestation;
import com.google.cloud.kms.v1.KeyOperationAttestation.AttestationFormat;
import com.google.cloud.kms.v1.KeyOperationAttestation.CertificateChains;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsRequest;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.emulators.GcpKmsServer;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checked as "Verifying attestations" says. */
class GcpAttestationTest {

  private static final int SIGNATURE = 256;

  private final GcpKmsServer server = GcpKmsServer.builder().start();
  private final KeyManagementServiceClient kms = GcpClients.kms(server);
  private final CryptoKey key =
      kms.createCryptoKey(
          GcpKeys.ring(kms, server).getName(), "key", GcpKeys.signing(EC_SIGN_P256_SHA256).build());
  private final CryptoKeyVersion version = kms.getCryptoKeyVersion(GcpKeys.version(key, 1));

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void bothChainsSignIt() throws Exception {
    KeyOperationAttestation attestation = version.getAttestation();
    CertificateChains chains = attestation.getCertChains();
    X509Certificate partition = certificate(chains.getCaviumCerts(0));
    X509Certificate card = certificate(chains.getCaviumCerts(1));
    X509Certificate ownersCard = certificate(chains.getGoogleCardCerts(0));
    X509Certificate ownersPartition = certificate(chains.getGooglePartitionCerts(0));

    partition.verify(card.getPublicKey());
    card.verify(certificate(server.attestationRoots().get(0)).getPublicKey());
    ownersCard.verify(certificate(server.attestationRoots().get(1)).getPublicKey());
    ownersPartition.verify(certificate(server.attestationRoots().get(1)).getPublicKey());
    assertThat(ownersCard.getPublicKey()).isEqualTo(card.getPublicKey());
    assertThat(ownersPartition.getPublicKey()).isEqualTo(partition.getPublicKey());
    assertThat(attestation.getFormat()).isEqualTo(AttestationFormat.CAVIUM_V2_COMPRESSED);

    byte[] content = content(attestation);
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(partition);
    verifier.update(content, 0, content.length - SIGNATURE);
    assertThat(verifier.verify(content, content.length - SIGNATURE, SIGNATURE)).isTrue();
  }

  @Test
  void itIsAboutThisKey_whichCannotBeExtracted() throws Exception {
    Map<Integer, byte[]> privateKey = secondObject(content(version.getAttestation()));
    byte[] encoded =
        Base64.getMimeDecoder()
            .decode(
                kms.getPublicKey(version.getName()).getPem().replaceAll("-----[A-Z ]+-----", ""));

    assertThat(privateKey.get(0x0000)).isEqualTo(new byte[] {3});
    assertThat(new String(privateKey.get(0x0102), StandardCharsets.US_ASCII))
        .matches("[0-9a-f]{128}");
    assertThat(privateKey.get(0x0162)).isEqualTo(new byte[] {0});
    assertThat(privateKey.get(0x0163)).isEqualTo(new byte[] {1});
    assertThat(privateKey.get(0x0164)).isEqualTo(new byte[] {1});
    assertThat(privateKey.get(0x1003)).isEqualTo(sha256(encoded));
  }

  /** Statements that are public have a handle for each object before the offsets. */
  @Test
  void theOffsetsOfASymmetricKeyComeEarlier() throws Exception {
    CryptoKey symmetric =
        kms.createCryptoKey(
            key.getName().substring(0, key.getName().indexOf("/cryptoKeys/")),
            "kek",
            GcpKeys.encrypting(ProtectionLevel.HSM).build());
    byte[] content =
        content(kms.getCryptoKeyVersion(GcpKeys.version(symmetric, 1)).getAttestation());

    assertThat(information(content)).isEqualTo(24);
    assertThat(ByteBuffer.wrap(content).getShort(24 + 6)).as("no second object").isZero();
    assertThat(information(content(version.getAttestation()))).isEqualTo(32);
  }

  /** As in all statements that are public. */
  @Test
  void theManufacturersCertificateOfTheCardIsOfVersion1() throws Exception {
    CertificateChains chains = version.getAttestation().getCertChains();

    assertThat(certificate(chains.getCaviumCerts(1)).getVersion()).isEqualTo(1);
    assertThat(certificate(chains.getCaviumCerts(0)).getVersion()).isEqualTo(3);
    assertThat(certificate(chains.getCaviumCerts(0)).getCriticalExtensionOIDs()).isNull();
    assertThat(certificate(chains.getGoogleCardCerts(0)).getBasicConstraints()).isEqualTo(-1);
    assertThat(certificate(chains.getGooglePartitionCerts(0)).getVersion()).isEqualTo(3);
  }

  @Test
  void listsTellItOnlyInFull() {
    ListCryptoKeyVersionsRequest.Builder request =
        ListCryptoKeyVersionsRequest.newBuilder().setParent(key.getName());

    assertThat(kms.listCryptoKeyVersions(request.build()).iterateAll())
        .noneMatch(CryptoKeyVersion::hasAttestation);
    assertThat(
            kms.listCryptoKeyVersions(request.setView(CryptoKeyVersionView.FULL).build())
                .iterateAll())
        .allMatch(one -> one.getAttestation().equals(version.getAttestation()));
  }

  private static byte[] content(KeyOperationAttestation attestation) throws Exception {
    return new GZIPInputStream(new ByteArrayInputStream(attestation.getContent().toByteArray()))
        .readAllBytes();
  }

  private static int information(byte[] content) {
    ByteBuffer buffer = ByteBuffer.wrap(content);
    assertThat(buffer.getInt(8)).isEqualTo(content.length);
    return content.length - SIGNATURE - buffer.getInt(12);
  }

  private static Map<Integer, byte[]> secondObject(byte[] content) {
    int information = information(content);
    int offset = information + ByteBuffer.wrap(content).getShort(information + 6);
    ByteBuffer object = ByteBuffer.wrap(Arrays.copyOfRange(content, offset, content.length));
    object.getInt();
    int count = object.getInt();
    object.getInt();
    Map<Integer, byte[]> attributes = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      int type = object.getInt();
      byte[] value = new byte[object.getInt()];
      object.get(value);
      attributes.put(type, value);
    }
    return attributes;
  }

  private static X509Certificate certificate(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private static byte[] sha256(byte[] content) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(content);
  }
}

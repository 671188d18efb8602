package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.jca.TlsPeers.Handshake;
import dev.enclave.testkit.InMemoryEnclave;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** What {@code docs/jca.md} says of names and programs. */
class JcaDocTest {

  @Test
  void namesOfSignatures_areThoseOfTheProvider() throws Exception {
    List<String> rows =
        Files.readAllLines(Path.of("../docs/jca.md")).stream()
            .filter(line -> line.matches("\\| `[A-Z0-9_]+` .*"))
            .toList();

    assertThat(rows)
        .containsExactlyElementsOf(
            Arrays.stream(SigningAlgorithm.values()).map(JcaDocTest::row).toList());
  }

  private static String row(SigningAlgorithm algorithm) {
    String names =
        Scheme.all().stream()
            .filter(scheme -> scheme.fits(algorithm))
            .map(scheme -> "`" + scheme.name() + "`")
            .collect(Collectors.joining(", "));
    String family =
        algorithm.family() == Family.EDDSA
            ? "EdDSA"
            : algorithm.family() == Family.ECDSA ? "EC" : "RSA";
    return "| `" + algorithm + "` | " + family + " | " + names + " |";
  }

  @Test
  void theProgramSigns() throws Exception {
    byte[] contract = "I owe you 10".getBytes(StandardCharsets.UTF_8);
    try (Enclave enclave = InMemoryEnclave.open()) {
      byte[] signature = new SigningByJca(enclave).sign(contract);

      SigningKey key = enclave.signingKeys().key("contracts");
      assertThat(key.verify(Message.of(contract), signature, SignatureEncoding.DER)).isTrue();
    }
  }

  @Test
  void theProgramsOfCertificates_makeAKeyStore() throws Exception {
    try (Enclave enclave = InMemoryEnclave.open()) {
      assertThat(CertifiedByJca.request(enclave)).startsWith("-----BEGIN CERTIFICATE REQUEST-----");
      assertThat(
              CertifiedByJca.keyStore(enclave, CertificatesTest.FROM)
                  .getCertificateChain("wallet-tls"))
          .hasSize(1);
    }
  }

  @Test
  void theProgramOfTls_makesAContext() {
    try (Enclave enclave = InMemoryEnclave.open()) {
      CertifiedByJca.request(enclave);

      assertThat(
              TlsByJca.context(enclave.signingKeys().key("wallet-tls"), CertificateChains.none())
                  .getProtocol())
          .isEqualTo("TLS");
    } finally {
      Security.removeProvider(EnclaveProvider.NAME);
    }
  }

  @Test
  void theProgramOfMutualTls_knowsItsPeers_andNobodyElse() throws Exception {
    Security.addProvider(new EnclaveProvider());
    try (Enclave enclave = InMemoryEnclave.open()) {
      SigningKey key =
          enclave.ensureKey(
              KeySpec.named("wallet-tls").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      List<X509Certificate> chain =
          TlsPeers.selfSigned().chain(EnclavePrivateKey.of(key)).orElseThrow();
      KeyStore authorities = KeyStore.getInstance("PKCS12");
      authorities.load(null, null);
      authorities.setCertificateEntry("authority", chain.get(0));
      EnclaveKeyManager keys =
          EnclaveKeyManager.of(
              key,
              CertificateSource.of(
                  CertificateChains.none().with(EnclavePrivateKey.of(key).keyName(), chain)),
              InstantSource.system());
      SSLContext known = TlsByJca.mutual(keys, authorities);

      assertThat(Handshake.of(known, known, "TLSv1.3", true).client()).contains(chain.get(0));
      assertThat(Handshake.of(known, TlsPeers.anonymous(), "TLSv1.3", true).failure()).isPresent();
    } finally {
      Security.removeProvider(EnclaveProvider.NAME);
    }
  }
}

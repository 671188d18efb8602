package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.UsageException;
import dev.enclave.testkit.InMemoryEnclave;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStore.PrivateKeyEntry;
import java.security.KeyStoreException;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of an Enclave under their names, and their chains. */
class KeyStoreTest {

  private final Enclave enclave = InMemoryEnclave.open();
  private final SigningKey key =
      enclave.createKey(KeySpec.named("tls").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  private final X509Certificate first = certificate(EnclavePrivateKey.of(key));

  @AfterEach
  void close() {
    enclave.close();
  }

  private static X509Certificate certificate(EnclavePrivateKey key) {
    return Certificates.selfSigned(
        key,
        CertificateSubject.named("CN=" + key.keyName()),
        CertificatesTest.FROM,
        CertificatesTest.VALIDITY);
  }

  private CertificateChains chains() {
    return CertificateChains.none().with("tls", List.of(first));
  }

  private KeyStore store(CertificateChains chains) {
    return CertifiedKeys.of(enclave.signingKeys(), chains).keyStore();
  }

  @Test
  void aliasesAreTheNamesOfKeysWithAChain() throws Exception {
    enclave.createKey(KeySpec.named("without").algorithm(SigningAlgorithm.ED25519));

    KeyStore store = store(chains());

    assertThat(store.getType()).isEqualTo("Enclave");
    assertThat(Collections.list(store.aliases())).containsExactly("tls");
    assertThat(store.size()).isEqualTo(1);
    assertThat(store.isKeyEntry("tls")).isTrue();
    assertThat(store.isCertificateEntry("tls")).isFalse();
    assertThat(store.entryInstanceOf("tls", PrivateKeyEntry.class)).isTrue();
    assertThat(store.getCreationDate("tls")).isEqualTo(first.getNotBefore());
    assertThat(store.getCertificateAlias(first)).isEqualTo("tls");
    assertThat(store.getCertificateChain("tls")).containsExactly(first);
    for (String other : List.of("without", "TLS", "tls/1", "no name")) {
      assertThat(store.containsAlias(other)).isFalse();
      assertThat(store.getKey(other, null)).isNull();
      assertThat(store.getCertificate(other)).isNull();
      assertThat(store.getEntry(other, null)).isNull();
      assertThat(store.getCreationDate(other)).isNull();
    }
  }

  @Test
  void itsKeySigns_andItsCertificateVerifies() throws Exception {
    PrivateKeyEntry entry = (PrivateKeyEntry) store(chains()).getEntry("tls", null);
    Signature signature = Signature.getInstance("SHA256withECDSA", Oracle.ENCLAVE);
    signature.initSign(entry.getPrivateKey());
    signature.update(new byte[] {1});
    byte[] value = signature.sign();

    signature.initVerify(entry.getCertificate());
    signature.update(new byte[] {1});
    assertThat(signature.verify(value)).isTrue();
  }

  @Test
  void whatIsStored_isLoadedAgain() throws Exception {
    KeyStore store = store(CertificateChains.none());
    Key ours = EnclavePrivateKey.of(key);
    store.setKeyEntry("tls", ours, null, new Certificate[] {first});
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    store.store(text, null);

    KeyStore again = store(CertificateChains.none());
    again.load(new ByteArrayInputStream(text.toByteArray()), "any".toCharArray());

    assertThat(text.toString(StandardCharsets.UTF_8))
        .startsWith("friendlyName: tls\n-----BEGIN CERTIFICATE-----\n")
        .doesNotContain("PRIVATE");
    assertThat(again.getCertificateChain("tls")).containsExactly(first);
    assertThat(again.getKey("tls", null)).isEqualTo(ours);
    again.deleteEntry("tls");
    assertThat(again.size()).isZero();
    assertThat(enclave.signingKeys().find("tls")).isPresent();
  }

  /** A text costs time in proportion to its length, whatever is in it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "friendlyName:% x\n",
        " friendlyName: tls\n-----BEGIN CERTIFICATE-----\n%",
        "-----BEGIN CERTIFICATE-----%",
        "%friendly"
      })
  @Timeout(60)
  void longRunsOfBlanks_areReadInTime(String text) {
    for (String blanks : List.of(" ".repeat(1_000_000), "\n".repeat(1_000_000))) {
      try {
        CertificateChains.parse(text.replace("%", blanks));
      } catch (UsageException e) {
        assertThat(e.getMessage()).hasSizeLessThan(1_000);
      }
    }
  }

  /** A stream without an end takes no more memory than the longest text. */
  @Test
  void aStreamThatIsTooLong_isRefused() throws Exception {
    KeyStore store = store(CertificateChains.none());
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return ' ';
          }

          @Override
          public int read(byte[] into, int from, int length) {
            Arrays.fill(into, from, from + length, (byte) ' ');
            return length;
          }
        };

    assertThatThrownBy(() -> store.load(endless, null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than 4 Mi characters");
  }

  @Test
  void keyAndChainAreOfOneVersion_alsoAfterARotation() throws Exception {
    KeyStore store = store(chains());
    Key before = store.getKey("tls", null);
    enclave.admin().key("tls").rotate(RotationRequest.now());

    assertThat(store.getKey("tls", null)).isEqualTo(before);
    assertThat(store.getCertificate("tls")).isEqualTo(first);

    X509Certificate second = certificate(EnclavePrivateKey.of(key));
    KeyStore after = store(chains().with("tls", List.of(second)));
    assertThat(after.getCertificate("tls")).isEqualTo(second);
    assertThat(after.getKey("tls", null)).isEqualTo(EnclavePrivateKey.of(key));
  }

  @Test
  void aVersionWithoutAChain_isToldWithWhatToDo() throws Exception {
    enclave.admin().key("tls").rotate(RotationRequest.now());
    KeyStore store = store(chains());

    assertThatThrownBy(() -> store.getEntry("tls", null))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageStartingWith("KEY_NOT_FOUND: Version tls/2 is active")
        .hasMessageContaining("Certificates.request")
        .hasCauseInstanceOf(UsageException.class);
    assertThatThrownBy(() -> store.getCertificateChain("tls")).isInstanceOf(UsageException.class);
  }

  @Test
  void aClosedEnclave_isToldByItsCode() throws Exception {
    KeyStore store = store(chains());
    enclave.close();

    assertThatThrownBy(() -> store.getKey("tls", null))
        .isInstanceOf(UnrecoverableKeyException.class)
        .hasMessageStartingWith("CLOSED: ")
        .hasCauseInstanceOf(EnclaveException.class);
    assertThatThrownBy(() -> store.getEntry("tls", null))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageStartingWith("CLOSED: ");
  }

  @Test
  void otherKeysNamesAndCertificates_areRefused() throws Exception {
    KeyStore store = store(CertificateChains.none());
    EnclavePrivateKey other =
        EnclavePrivateKey.of(
            enclave.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ED25519)));
    Certificate[] chain = {first};

    assertThatThrownBy(() -> store.setKeyEntry("tls", other, null, chain))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("name of the key");
    assertThatThrownBy(() -> store.setKeyEntry("other", other, null, chain))
        .isInstanceOf(KeyStoreException.class)
        .hasMessageContaining("other/1");
    assertThatThrownBy(() -> store.setCertificateEntry("ca", first))
        .isInstanceOf(KeyStoreException.class);
    assertThatThrownBy(() -> store.setKeyEntry("tls", new byte[1], chain))
        .isInstanceOf(KeyStoreException.class);
    assertThat(store.size()).isZero();
  }

  @Test
  void aProviderThatKnowsNoEnclave_saysWhatToGive() throws Exception {
    KeyStore store = KeyStore.getInstance("Enclave", new EnclaveProvider());

    assertThatThrownBy(() -> store.load(null, null))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("CONFIGURATION_MISSING: ")
        .hasMessageContaining("-providerArg");
  }

  @Test
  void aMissingConfigurationFile_isToldByItsCode() throws Exception {
    KeyStore store =
        KeyStore.getInstance("Enclave", new EnclaveProvider().configure("no-such-file"));

    assertThatThrownBy(() -> store.load(null, null))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("CONFIGURATION_UNREADABLE: ");
  }

  @Test
  void textsThatAreNoChains_areRefused() throws Exception {
    String pem = chains().toPem();
    X509Certificate other =
        certificate(
            EnclavePrivateKey.of(
                enclave.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ED25519))));

    for (String wrong :
        List.of(
            pem.substring(pem.indexOf('\n') + 1),
            pem.replace("friendlyName: tls", "friendlyName: T L S"),
            pem.replace("\nMII", "\nMIJ"),
            pem.replace("\nMII", "\n*II"),
            pem.replace("-----END CERTIFICATE-----", ""),
            pem + Pem.block("PRIVATE KEY", new byte[] {1}),
            pem + Pem.block(Pem.CERTIFICATE, other.getEncoded()))) {
      assertThatThrownBy(() -> CertificateChains.parse(wrong))
          .as(wrong)
          .isInstanceOf(UsageException.class);
      assertThatThrownBy(
              () ->
                  store(CertificateChains.none())
                      .load(new ByteArrayInputStream(wrong.getBytes(StandardCharsets.UTF_8)), null))
          .isInstanceOf(IOException.class);
    }
    assertThat(CertificateChains.parse("").names()).isEmpty();
    assertThat(CertificateChains.parse("# mine\r\n" + pem.replace("\n", "\r\n")).names())
        .containsExactly(KeyName.of("tls"));
  }
}

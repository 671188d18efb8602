package dev.enclave.jca;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The programs of the guide that make certificates. */
final class CertifiedByJca {

  private CertifiedByJca() {}

  static String request(Enclave enclave) {
    // region request
    EnclavePrivateKey key =
        EnclavePrivateKey.of(
            enclave.ensureKey(
                KeySpec.named("wallet-tls").algorithm(SigningAlgorithm.ECDSA_P256_SHA256)));
    CertificateSubject subject =
        CertificateSubject.named("CN=wallet.example.com").dns("wallet.example.com");
    String forTheAuthority = Certificates.request(key, subject);
    // endregion
    return forTheAuthority;
  }

  static KeyStore keyStore(Enclave enclave, Instant now) {
    EnclavePrivateKey key = EnclavePrivateKey.of(enclave.signingKeys().key("wallet-tls"));
    CertificateSubject subject = CertificateSubject.named("CN=wallet.example.com");
    // region self-signed
    X509Certificate certificate = Certificates.selfSigned(key, subject, now, Duration.ofDays(90));
    CertificateChains chains = CertificateChains.none().with("wallet-tls", List.of(certificate));
    KeyStore store = CertifiedKeys.of(enclave.signingKeys(), chains).keyStore();
    // endregion
    return store;
  }
}

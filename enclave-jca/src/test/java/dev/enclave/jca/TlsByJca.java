package dev.enclave.jca;

import dev.enclave.SigningKey;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Security;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The program of the guide that serves TLS. */
final class TlsByJca {

  private TlsByJca() {}

  static SSLContext context(SigningKey key, CertificateChains chains) {
    // region tls
    Security.addProvider(new EnclaveProvider());
    EnclaveKeyManager keys = EnclaveKeyManager.of(key, CertificateSource.of(chains));
    SSLContext context = keys.sslContext();
    // endregion
    return context;
  }

  // region mutual
  /** A context that demands a certificate of whoever connects, by an authority of its own. */
  static SSLContext mutual(EnclaveKeyManager keys, KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    return keys.sslContext(trust.getTrustManagers());
  }
  // endregion
}

package dev.enclave.jca;

import dev.enclave.SigningKey;
import java.security.Security;
import javax.net.ssl.SSLContext;

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
}

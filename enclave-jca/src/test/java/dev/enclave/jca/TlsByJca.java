package dev.enclave.jca;

import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Security;
import java.time.Clock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** The program of the guide that serves TLS. */
final class TlsByJca {

  private TlsByJca() {}

  static SSLContext context(SigningKey key, CertificateChains chains) {
    // region tls
    Security.addProvider(new EnclaveProvider());
    EnclaveKeyManager keys =
        EnclaveKeyManager.of(key, CertificateSource.of(chains), Clock.systemUTC());
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

  // region renewed
  /**
   * The context for every connection from now on: the compromised version signs nothing, and nobody
   * resumes a session of an earlier context.
   */
  static SSLContext renewed(ManagedKey compromised, EnclaveKeyManager keys, TrustManager... trust) {
    compromised.rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
    return keys.sslContext(trust);
  }
  // endregion
}

package dev.enclave.jca;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Gives the certificate chain of a version that is active. Asked once for each version, and again
 * while it gives none. Thread-safe.
 */
@FunctionalInterface
public interface CertificateSource {

  /**
   * The chain of this version, its own certificate first; none while there is none. It may have the
   * certificate issued: the handshake waits for it. A chain whose first certificate has another
   * public key than the version is refused.
   */
  Optional<List<X509Certificate>> chain(EnclavePrivateKey version);

  /** What is in {@code chains} and nothing else. */
  static CertificateSource of(CertificateChains chains) {
    return version -> chains.find(version.keyName(), version.publicKey());
  }
}

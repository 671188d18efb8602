package dev.enclave.jca;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Gives the certificate chain of a version that is active. Asked at the version's first handshake,
 * and again when two thirds of the chain's life have passed, by one handshake at a time for each
 * key. Thread-safe.
 */
@FunctionalInterface
public interface CertificateSource {

  /**
   * The chain of this version, its own certificate first; none while there is none. It may have the
   * certificate issued: the handshake that asks waits for it, and so do others for ten seconds at
   * most, if they have no valid chain. A call must end by itself, if late: the thread of the
   * handshake hangs as long as it does, and no other call for this key begins before.
   *
   * <p>A chain that is outside its validity, or whose first certificate has another public key than
   * the version, is refused. One that ends earlier than the chain at hand does not replace it. Who
   * fetches chains in a thread of its own gives the one that it has until there is another. What
   * this throws is what handshakes fail with for five seconds, if they have no valid chain.
   */
  Optional<List<X509Certificate>> chain(EnclavePrivateKey version);

  /** What is in {@code chains} and nothing else. */
  static CertificateSource of(CertificateChains chains) {
    return version -> chains.find(version.keyName(), version.publicKey());
  }
}

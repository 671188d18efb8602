package dev.enclave.jca.consumer;

import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.jca.EnclavePrivateKey;
import dev.enclave.jca.EnclaveProvider;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;

/**
 * A key of some backend with its certificate.
 *
 * @param key the key
 * @param version its active version
 * @param certificate that version's
 */
record Certified(SigningKey key, EnclavePrivateKey version, X509Certificate certificate) {

  static final EnclaveProvider PROVIDER = new EnclaveProvider();

  SigningAlgorithm algorithm() {
    return key.algorithm();
  }

  /** What libraries call the signature where its name says all. */
  String signature() {
    return algorithm().jcaParameters().filter(PSSParameterSpec.class::isInstance).isPresent()
        ? "SHA256withRSAandMGF1"
        : algorithm().jcaName();
  }
}

package dev.enclave.jca;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import java.security.GeneralSecurityException;
import java.security.Signature;

// region sign
/** Signs contracts by the JCA alone, with a key that stays where it is. */
final class SigningByJca {

  private final EnclaveProvider provider = new EnclaveProvider();
  private final SigningKey key;

  SigningByJca(Enclave enclave) {
    key =
        enclave.ensureKey(KeySpec.named("contracts").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }

  byte[] sign(byte[] contract) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA", provider);
    signature.initSign(EnclavePrivateKey.of(key));
    signature.update(contract);
    return signature.sign();
  }
}
// endregion

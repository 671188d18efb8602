package dev.enclave.jca.consumer;

import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.interfaces.DecodedJWT;
import dev.enclave.VersionSigner;

// region algorithm
/** Signs tokens of java-jwt with one version of a key. */
final class JavaJwtAlgorithm extends Algorithm {

  private final VersionSigner signer;

  JavaJwtAlgorithm(VersionSigner signer) {
    super(signer.algorithm().joseName().orElseThrow(), "Enclave");
    this.signer = signer;
  }

  @Override
  public String getSigningKeyId() {
    return signer.keyId();
  }

  @Override
  public byte[] sign(byte[] signingInput) {
    return signer.signJws(signingInput);
  }

  @Override
  public void verify(DecodedJWT token) {
    throw new UnsupportedOperationException("Verify by the public key: Algorithm.ECDSA256(key).");
  }
}
// endregion

package dev.enclave.crypto.internal;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyEngine;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/** ECDSA verification (FIPS 186-5 §6.4.2). */
record EcdsaVerifier(KeyAlgorithm algorithm, ECPublicKeyParameters key)
    implements PublicKeyEngine.Verifier {

  @Override
  public boolean verify(SigningInput input, Bytes signature, SignatureEncoding encoding) {
    SignatureLayout.requireEncoding(algorithm, encoding);
    byte[] digest = Digests.of(input, algorithm);
    return EcdsaValue.read(Curve.of(algorithm), signature, encoding)
        .filter(EcdsaValue::acceptable)
        .filter(value -> matches(digest, value))
        .isPresent();
  }

  private boolean matches(byte[] digest, EcdsaValue value) {
    ECDSASigner signer = new ECDSASigner();
    signer.init(false, key);
    return signer.verifySignature(digest, value.r(), value.s());
  }
}

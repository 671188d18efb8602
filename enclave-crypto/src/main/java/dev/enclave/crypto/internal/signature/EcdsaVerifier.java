package dev.enclave.crypto.internal.signature;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.hash.Digests;
import dev.enclave.internal.PublicKeyEngine;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/**
 * ECDSA verification (FIPS 186-5 §6.4.2). Encoding, ranges and low s are decided here, before any
 * engine sees the numbers.
 */
public record EcdsaVerifier(KeyAlgorithm algorithm, Check check)
    implements PublicKeyEngine.Verifier {

  /** The equation alone. */
  public interface Check {
    boolean matches(byte[] digest, EcdsaValue value);
  }

  public EcdsaVerifier(KeyAlgorithm algorithm, ECPublicKeyParameters key) {
    this(algorithm, (digest, value) -> matches(key, digest, value));
  }

  @Override
  public boolean verify(SigningInput input, Bytes signature, SignatureEncoding encoding) {
    SignatureLayout.requireEncoding(algorithm, encoding);
    byte[] digest = Digests.of(input, algorithm);
    return EcdsaValue.read(Curve.of(algorithm), signature, encoding)
        .filter(EcdsaValue::acceptable)
        .filter(value -> check.matches(digest, value))
        .isPresent();
  }

  private static boolean matches(ECPublicKeyParameters key, byte[] digest, EcdsaValue value) {
    ECDSASigner signer = new ECDSASigner();
    signer.init(false, key);
    return signer.verifySignature(digest, value.r(), value.s());
  }
}

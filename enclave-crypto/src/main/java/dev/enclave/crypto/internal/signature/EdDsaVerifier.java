package dev.enclave.crypto.internal.signature;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.internal.PublicKeyEngine;
import java.util.Arrays;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Ed25519 verification (RFC 8032 §5.1.7): S below the group order, R canonical, and the equation
 * without the cofactor.
 */
public record EdDsaVerifier(Check check) implements PublicKeyEngine.Verifier {

  /** Everything but the length of the signature. */
  public interface Check {
    boolean matches(byte[] message, byte[] signature);
  }

  /** A verifier by Bouncy Castle. */
  public static EdDsaVerifier of(PublicKeyInfo info) {
    Ed25519PublicKeyParameters key =
        (Ed25519PublicKeyParameters)
            PublicKeys.parse(info.spki().toByteArray(), SigningAlgorithm.ED25519);
    return new EdDsaVerifier((message, signature) -> matches(key, message, signature));
  }

  // Bouncy Castle multiplies the equation by the cofactor, which RFC 8032 allows, and so takes an R
  // that is off by a point of small order. AWS-LC does not; a signature must not be valid on one
  // machine and invalid on the next.
  private static boolean matches(Ed25519PublicKeyParameters key, byte[] message, byte[] signature) {
    return key.verify(Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, 0)
        && (Ed25519.validatePublicKeyFull(signature, 0) || startsWithNeutralPoint(signature));
  }

  /** Of prime order too, though no public key. */
  private static boolean startsWithNeutralPoint(byte[] signature) {
    byte[] neutral = new byte[Ed25519.PUBLIC_KEY_SIZE];
    neutral[0] = 1;
    return Arrays.equals(signature, 0, neutral.length, neutral, 0, neutral.length);
  }

  @Override
  public boolean verify(SigningInput input, Bytes signature, SignatureEncoding encoding) {
    SignatureLayout.requireEncoding(SigningAlgorithm.ED25519, encoding);
    byte[] message = message(input);
    return signature.size() == Ed25519.SIGNATURE_SIZE
        && check.matches(message, signature.toByteArray());
  }

  /** The content of the message; refuses a digest. */
  public static byte[] message(SigningInput input) {
    if (input instanceof Digest digest) {
      SignatureVerifier.requireDigest(SigningAlgorithm.ED25519, digest);
    }
    return ((Message) input).toByteArray();
  }
}

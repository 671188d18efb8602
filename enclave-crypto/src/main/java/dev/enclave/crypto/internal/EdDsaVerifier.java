package dev.enclave.crypto.internal;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyEngine;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningInput;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Ed25519 verification (RFC 8032 §5.1.7): S below the group order, R canonical. */
record EdDsaVerifier(Check check) implements PublicKeyEngine.Verifier {

  /** Everything but the length of the signature. */
  interface Check {
    boolean matches(byte[] message, byte[] signature);
  }

  /** A verifier by Bouncy Castle. */
  static EdDsaVerifier of(PublicKeyInfo info) {
    Ed25519PublicKeyParameters key =
        (Ed25519PublicKeyParameters)
            PublicKeys.parse(info.spki().toByteArray(), KeyAlgorithm.ED25519);
    return new EdDsaVerifier(
        (message, signature) ->
            key.verify(Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, 0));
  }

  @Override
  public boolean verify(SigningInput input, Bytes signature, SignatureEncoding encoding) {
    SignatureLayout.requireEncoding(KeyAlgorithm.ED25519, encoding);
    byte[] message = message(input);
    return signature.size() == Ed25519.SIGNATURE_SIZE
        && check.matches(message, signature.toByteArray());
  }

  /** The content of the message; refuses a digest. */
  static byte[] message(SigningInput input) {
    if (input instanceof Digest digest) {
      SignatureVerifier.requireDigest(KeyAlgorithm.ED25519, digest);
    }
    return ((Message) input).toByteArray();
  }
}

package dev.enclave.crypto.internal.signature;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.SignatureEncoding;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;

/** Signatures between encodings. */
public final class SignatureLayout {

  private SignatureLayout() {}

  /** As {@link dev.enclave.internal.PublicKeyEngine#convert}. */
  public static Bytes convert(
      Bytes signature, KeyAlgorithm algorithm, SignatureEncoding from, SignatureEncoding to) {
    requireEncoding(algorithm, from);
    requireEncoding(algorithm, to);
    if (algorithm.family() == KeyAlgorithm.Family.ECDSA) {
      return read(signature, algorithm, from).write(to);
    }
    if (signature.size() != rawLength(algorithm)) {
      throw malformed(signature, algorithm, from);
    }
    return signature;
  }

  /** The signature with a low s on secp256k1. */
  public static Bytes lowS(Bytes signature, KeyAlgorithm algorithm, SignatureEncoding encoding) {
    requireEncoding(algorithm, encoding);
    if (algorithm.family() != KeyAlgorithm.Family.ECDSA || !Curve.of(algorithm).lowS()) {
      return signature;
    }
    return read(signature, algorithm, encoding).lowS().write(encoding);
  }

  /** The signature in the default encoding of the algorithm, with a low s on secp256k1. */
  public static Bytes canonical(Bytes signature, KeyAlgorithm algorithm, SignatureEncoding from) {
    if (algorithm.family() != KeyAlgorithm.Family.ECDSA) {
      return convert(signature, algorithm, from, algorithm.defaultEncoding());
    }
    requireEncoding(algorithm, from);
    return read(signature, algorithm, from).lowS().write(algorithm.defaultEncoding());
  }

  static void requireEncoding(KeyAlgorithm algorithm, SignatureEncoding encoding) {
    if (algorithm.purpose() != KeyPurpose.SIGN || !algorithm.hasEncoding(encoding)) {
      throw Texts.NO_SUCH_ENCODING.as(ErrorCode.INVALID_ENCODING, algorithm, encoding);
    }
  }

  static int rawLength(KeyAlgorithm algorithm) {
    return algorithm.family() == KeyAlgorithm.Family.EDDSA ? 64 : algorithm.keyBits() / 8;
  }

  private static EcdsaValue read(
      Bytes signature, KeyAlgorithm algorithm, SignatureEncoding encoding) {
    return EcdsaValue.read(Curve.of(algorithm), signature, encoding)
        .orElseThrow(() -> malformed(signature, algorithm, encoding));
  }

  private static EnclaveException malformed(
      Bytes signature, KeyAlgorithm algorithm, SignatureEncoding encoding) {
    return Texts.NOT_A_SIGNATURE.as(
        ErrorCode.INVALID_ENCODING, signature.size(), algorithm, encoding);
  }
}

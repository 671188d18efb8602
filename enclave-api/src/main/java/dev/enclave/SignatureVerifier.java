package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.PublicKeyEngine;
import java.util.OptionalInt;

/**
 * Verifies signatures of one public key; needs no backend. Immutable and thread-safe; keep it,
 * since making one parses the key.
 *
 * <p>Strict: encodings must be canonical (FIPS 186-5, SEC 1, RFC 8032 §5.1.7, RFC 8017 §8), r and s
 * in range, and s low on secp256k1.
 */
public final class SignatureVerifier {

  private final PublicKeyInfo key;
  private final PublicKeyEngine.Verifier verifier;

  private SignatureVerifier(PublicKeyInfo key, PublicKeyEngine.Verifier verifier) {
    this.key = key;
    this.verifier = verifier;
  }

  /**
   * A verifier for {@code key}.
   *
   * @throws UsageException ({@link ErrorCode#WRONG_PURPOSE}) when the key is not for signatures
   */
  public static SignatureVerifier of(PublicKeyInfo key) {
    requireSigning(key.algorithm());
    return new SignatureVerifier(key, PublicKeyEngine.get().verifier(key));
  }

  /** The key verified against. */
  public PublicKeyInfo key() {
    return key;
  }

  /**
   * Whether {@code signature} is valid over {@code input}. A malformed signature is invalid, never
   * an exception.
   *
   * @throws UsageException when the key's algorithm has no such encoding ({@link
   *     ErrorCode#INVALID_ENCODING}), takes no digests ({@link ErrorCode#UNSUPPORTED_INPUT}), or
   *     takes those of another hash ({@link ErrorCode#INVALID_DIGEST})
   */
  public boolean verify(SigningInput input, byte[] signature, SignatureEncoding encoding) {
    return verify(input, Bytes.of(signature), encoding);
  }

  /** As {@link #verify(SigningInput, byte[], SignatureEncoding)}. */
  public boolean verify(SigningInput input, Bytes signature, SignatureEncoding encoding) {
    requireTaken(input, encoding);
    return verifier.verify(input, signature, encoding);
  }

  private void requireTaken(SigningInput input, SignatureEncoding encoding) {
    requireEncoding(key.algorithm(), encoding);
    if (input instanceof Digest digest) {
      requireDigest(key.algorithm(), digest);
    }
  }

  /**
   * Whether {@code signature} is valid over {@code input} and of this key's algorithm.
   *
   * @throws UsageException as {@link #verify(SigningInput, byte[], SignatureEncoding)}
   */
  public boolean verify(SigningInput input, SignatureValue signature) {
    return signature.algorithm() == key.algorithm()
        && verify(input, signature.bytes(), signature.encoding());
  }

  /**
   * Which of the candidate public keys of a secp256k1 signature is this key (SEC 1 §4.1.6): bit 0
   * is the parity of R's y, bit 1 says that R's x is not below the group order. Takes about as long
   * as to verify the signature.
   *
   * @return 0 to 3; empty when the signature is not valid over {@code input}, or the key is not on
   *     secp256k1
   * @throws UsageException as {@link #verify(SigningInput, byte[], SignatureEncoding)}
   */
  public OptionalInt recoveryId(SigningInput input, Bytes signature, SignatureEncoding encoding) {
    requireTaken(input, encoding);
    return PublicKeyEngine.get().recoveryId(key, input, signature, encoding);
  }

  /**
   * As {@link #recoveryId(SigningInput, Bytes, SignatureEncoding)}; empty too when {@code
   * signature} is of another algorithm than this key.
   */
  public OptionalInt recoveryId(SigningInput input, SignatureValue signature) {
    return signature.algorithm() == key.algorithm()
        ? recoveryId(input, signature.bytes(), signature.encoding())
        : OptionalInt.empty();
  }

  private static void requireSigning(KeyAlgorithm algorithm) {
    if (algorithm.purpose() != KeyPurpose.SIGN) {
      throw new UsageException(
          ErrorCode.WRONG_PURPOSE,
          "A key for " + algorithm + " makes no signatures. Use the key that signed.");
    }
  }

  /**
   * Checks that {@code algorithm} makes signatures that can be laid out as {@code encoding}.
   *
   * @throws UsageException ({@link ErrorCode#WRONG_PURPOSE} or {@link ErrorCode#INVALID_ENCODING})
   */
  static void requireEncoding(KeyAlgorithm algorithm, SignatureEncoding encoding) {
    requireSigning(algorithm);
    if (!algorithm.hasEncoding(encoding)) {
      throw new UsageException(
          ErrorCode.INVALID_ENCODING,
          "Signatures of "
              + algorithm
              + " have no "
              + encoding
              + " encoding. Use "
              + algorithm.defaultEncoding()
              + ".");
    }
  }

  /**
   * Checks that {@code digest} is one that {@code algorithm} signs.
   *
   * @throws UsageException ({@link ErrorCode#UNSUPPORTED_INPUT} or {@link
   *     ErrorCode#INVALID_DIGEST})
   */
  public static void requireDigest(KeyAlgorithm algorithm, Digest digest) {
    DigestAlgorithm own =
        algorithm
            .digest()
            .orElseThrow(
                () ->
                    new UsageException(
                        ErrorCode.UNSUPPORTED_INPUT,
                        algorithm + " takes whole messages, not digests. Pass Message.of(data)."));
    if (own != digest.algorithm()) {
      throw new UsageException(
          ErrorCode.INVALID_DIGEST,
          algorithm
              + " takes "
              + own.jcaName()
              + " digests but a "
              + digest.algorithm().jcaName()
              + " digest was given. Hash with "
              + own.jcaName()
              + ", or pass the data as a Message.");
    }
  }
}

package dev.enclave;

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
    if (key.algorithm().purpose() != KeyPurpose.SIGN) {
      throw new UsageException(
          ErrorCode.WRONG_PURPOSE,
          "A key for " + key.algorithm() + " makes no signatures. Use the key that signed.");
    }
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
    if (!key.algorithm().hasEncoding(encoding)) {
      throw new UsageException(
          ErrorCode.INVALID_ENCODING,
          "Signatures of "
              + key.algorithm()
              + " have no "
              + encoding
              + " encoding. Use "
              + key.algorithm().defaultEncoding()
              + ".");
    }
    if (input instanceof Digest digest) {
      requireDigest(key.algorithm(), digest);
    }
    return verifier.verify(input, signature, encoding);
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

package dev.enclave;

/**
 * The finished hash of a message, for callers who hash themselves.
 *
 * @param algorithm the hash function; must be the key algorithm's own
 * @param value the digest, exactly {@link DigestAlgorithm#length()} bytes
 */
public record Digest(DigestAlgorithm algorithm, Bytes value) implements SigningInput {

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_DIGEST}) when the length is not the
   *     algorithm's
   */
  public Digest {
    if (value.size() != algorithm.length()) {
      throw new UsageException(
          ErrorCode.INVALID_DIGEST,
          "A "
              + algorithm.jcaName()
              + " digest has "
              + algorithm.length()
              + " bytes but "
              + value.size()
              + " were given. Pass the digest itself, or pass the data as a Message.");
    }
  }

  /** A copy of {@code value}. */
  public static Digest of(DigestAlgorithm algorithm, byte[] value) {
    return new Digest(algorithm, Bytes.of(value));
  }
}

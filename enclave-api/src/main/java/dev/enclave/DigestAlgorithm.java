package dev.enclave;

/** A hash function: SHA-2 (FIPS 180-4) and the original Keccak that Ethereum uses. */
public enum DigestAlgorithm {
  SHA_256("SHA-256", 32),
  SHA_384("SHA-384", 48),
  SHA_512("SHA-512", 64),
  /** Keccak-256 with the original padding; not SHA3-256 (FIPS 202). */
  KECCAK_256("KECCAK-256", 32);

  private final String jcaName;
  private final int length;

  DigestAlgorithm(String jcaName, int length) {
    this.jcaName = jcaName;
    this.length = length;
  }

  /** The name a {@code java.security.MessageDigest} provider knows it by. */
  public String jcaName() {
    return jcaName;
  }

  /** Length of a digest in bytes. */
  public int length() {
    return length;
  }
}

package dev.enclave.auditlog.merkle;

import dev.enclave.crypto.Hashing;
import java.security.DigestException;
import java.security.MessageDigest;

/**
 * SHA-256 (FIPS 180-4), reused by one thread, with the hashes of a Merkle tree over it (RFC 6962
 * section 2.1).
 */
public final class Sha256 {

  public static final int LENGTH = 32;

  private static final byte[] LEAF = {0};
  private static final byte[] NODE = {1};

  private final MessageDigest digest = Hashing.sha256();

  public void update(byte[] bytes, int start, int length) {
    digest.update(bytes, start, length);
  }

  /** Puts the digest of all that was given into {@code out}, and starts anew. */
  public void digest(byte[] out) {
    try {
      digest.digest(out, 0, LENGTH);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 digest has 32 bytes");
    }
  }

  public void reset() {
    digest.reset();
  }

  /** Puts into {@code out} the hash of a leaf whose content stands in {@code bytes}. */
  public void leaf(byte[] bytes, int start, int length, byte[] out) {
    update(LEAF, 0, 1);
    update(bytes, start, length);
    digest(out);
  }

  /** The hash of a leaf. */
  public byte[] leaf(byte[] content) {
    byte[] hash = new byte[LENGTH];
    leaf(content, 0, content.length, hash);
    return hash;
  }

  /** The hash of the node over two others. */
  public byte[] node(byte[] left, byte[] right) {
    byte[] hash = new byte[LENGTH];
    node(left, 0, right, hash);
    return hash;
  }

  void node(byte[] left, int leftAt, byte[] right, byte[] out) {
    update(NODE, 0, 1);
    update(left, leftAt, LENGTH);
    update(right, 0, LENGTH);
    digest(out);
  }

  /** The root of the tree without leaves. */
  public byte[] empty() {
    byte[] hash = new byte[LENGTH];
    digest(hash);
    return hash;
  }
}

package dev.enclave.auditlog.merkle;

import java.util.ArrayList;
import java.util.List;

/**
 * A growing tree, kept as the roots of its largest complete subtrees: one for each bit of its size.
 * A leaf costs one hash and, on average, one more for the nodes above it. Used by one thread.
 */
public final class CompactRange {

  private static final int MOST_LEVELS = 63;

  private final Sha256 hasher;
  // The root of the complete subtree of 2^level leaves, where that bit of the size is set.
  private final byte[] roots = new byte[MOST_LEVELS * Sha256.LENGTH];
  private final byte[] carry = new byte[Sha256.LENGTH];
  private long size;

  public CompactRange(Sha256 hasher) {
    this.hasher = hasher;
  }

  /**
   * A tree as {@link #size} and {@link #roots} tell it.
   *
   * @throws IllegalArgumentException when there are not as many roots as the size has bits
   */
  public static CompactRange of(Sha256 hasher, long size, List<byte[]> roots) {
    if (size < 0 || Long.bitCount(size) != roots.size()) {
      throw new IllegalArgumentException(
          "a tree of " + size + " leaves has not " + roots.size() + " complete subtrees");
    }
    CompactRange range = new CompactRange(hasher);
    range.size = size;
    int next = roots.size();
    for (int level = 0; next != 0; level++) {
      if ((size >> level & 1) != 0) {
        System.arraycopy(roots.get(--next), 0, range.roots, at(level), Sha256.LENGTH);
      }
    }
    return range;
  }

  public long size() {
    return size;
  }

  /** The roots of the complete subtrees, from the largest, which is the leftmost. */
  public List<byte[]> roots() {
    List<byte[]> found = new ArrayList<>();
    for (int level = MOST_LEVELS - 1; level >= 0; level--) {
      if ((size >> level & 1) != 0) {
        found.add(root(level));
      }
    }
    return found;
  }

  private byte[] root(int level) {
    byte[] root = new byte[Sha256.LENGTH];
    System.arraycopy(roots, at(level), root, 0, Sha256.LENGTH);
    return root;
  }

  private static int at(int level) {
    return level * Sha256.LENGTH;
  }

  /** Adds a leaf by its hash. */
  public void add(byte[] leafHash) {
    System.arraycopy(leafHash, 0, carry, 0, Sha256.LENGTH);
    int level = 0;
    for (long rest = size; (rest & 1) != 0; rest >>= 1) {
      hasher.node(roots, at(level), carry, carry);
      level++;
    }
    System.arraycopy(carry, 0, roots, at(level), Sha256.LENGTH);
    size++;
  }

  /** The root of the tree (RFC 6962 section 2.1). */
  public byte[] root() {
    if (size == 0) {
      return hasher.empty();
    }
    int level = Long.numberOfTrailingZeros(size);
    byte[] root = root(level);
    for (long rest = size >> level; rest != 1; rest >>= 1) {
      level++;
      if ((rest & 2) != 0) {
        hasher.node(roots, at(level), root, root);
      }
    }
    return root;
  }

  /** Becomes what {@code other} is. */
  public void copyFrom(CompactRange other) {
    size = other.size;
    int levels = Long.SIZE - Long.numberOfLeadingZeros(size);
    System.arraycopy(other.roots, 0, roots, 0, levels * Sha256.LENGTH);
  }

  /** Another tree that is, for now, the same. */
  public CompactRange copy() {
    CompactRange copy = new CompactRange(hasher);
    copy.copyFrom(this);
    return copy;
  }
}

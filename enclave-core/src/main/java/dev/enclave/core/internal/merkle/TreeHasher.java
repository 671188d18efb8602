package dev.enclave.core.internal.merkle;

/** The two hashes of a tree (RFC 6962 section 2.1). Used by one thread. */
public final class TreeHasher {

  private static final byte[] LEAF = {0};
  private static final byte[] NODE = {1};

  private final Sha256 sha256;

  public TreeHasher(Sha256 sha256) {
    this.sha256 = sha256;
  }

  /** A hasher of its own. */
  public static TreeHasher create() {
    return new TreeHasher(Sha256.create());
  }

  /** Puts into {@code out} the hash of a leaf whose content stands in {@code bytes}. */
  public void leaf(byte[] bytes, int start, int length, byte[] out) {
    sha256.update(LEAF, 0, 1);
    sha256.update(bytes, start, length);
    sha256.digest(out);
  }

  /** The hash of a leaf. */
  public byte[] leaf(byte[] content) {
    byte[] hash = new byte[Sha256.LENGTH];
    leaf(content, 0, content.length, hash);
    return hash;
  }

  /** The hash of the node over two others. */
  public byte[] node(byte[] left, byte[] right) {
    byte[] hash = new byte[Sha256.LENGTH];
    node(left, 0, right, hash);
    return hash;
  }

  void node(byte[] left, int leftAt, byte[] right, byte[] out) {
    sha256.update(NODE, 0, 1);
    sha256.update(left, leftAt, Sha256.LENGTH);
    sha256.update(right, 0, Sha256.LENGTH);
    sha256.digest(out);
  }

  /** The root of the tree without leaves. */
  public byte[] empty() {
    byte[] hash = new byte[Sha256.LENGTH];
    sha256.digest(hash);
    return hash;
  }
}

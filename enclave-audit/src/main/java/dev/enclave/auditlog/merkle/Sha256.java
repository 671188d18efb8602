package dev.enclave.auditlog.merkle;

import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.crypto.Hashing;
import java.io.ByteArrayOutputStream;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 (FIPS 180-4), reused by one thread: the JDK's own where it is installed and itself, which
 * uses the processor's instructions; else Bouncy Castle. Never what JCA happens to prefer. With the
 * hashes of a Merkle tree over it (RFC 6962 section 2.1).
 */
public final class Sha256 {

  public static final int LENGTH = 32;

  private static final byte[] LEAF = {0};
  private static final byte[] NODE = {1};

  private final @Nullable MessageDigest platform;
  private final ByteArrayOutputStream collected = new ByteArrayOutputStream();

  private Sha256(@Nullable MessageDigest platform) {
    this.platform = platform;
  }

  public static Sha256 create() {
    return of(Security.getProvider("SUN"));
  }

  /** By {@code provider}, if it is the JDK's own. */
  public static Sha256 of(@Nullable Provider provider) {
    if (provider == null || !isOfTheJdk(provider)) {
      return new Sha256(null);
    }
    try {
      return new Sha256(MessageDigest.getInstance("SHA-256", provider));
    } catch (NoSuchAlgorithmException e) {
      return new Sha256(null);
    }
  }

  /** Anybody may install a provider of that name, or put a class of theirs into the JDK's. */
  private static boolean isOfTheJdk(Provider provider) {
    Provider.Service service = provider.getService("MessageDigest", "SHA-256");
    return provider.getClass().getModule() == Object.class.getModule()
        && service != null
        && service.getClassName().startsWith("sun.security.provider.");
  }

  public boolean byPlatform() {
    return platform != null;
  }

  public void update(byte[] bytes, int start, int length) {
    if (platform == null) {
      collected.write(bytes, start, length);
    } else {
      platform.update(bytes, start, length);
    }
  }

  /** Puts the digest of all that was given into {@code out}, and starts anew. */
  public void digest(byte[] out) {
    if (platform == null) {
      Message message = Message.of(collected.toByteArray());
      collected.reset();
      byte[] digest = Hashing.digest(DigestAlgorithm.SHA_256, message).value().toByteArray();
      System.arraycopy(digest, 0, out, 0, LENGTH);
      return;
    }
    try {
      platform.digest(out, 0, LENGTH);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 digest has 32 bytes");
    }
  }

  public void reset() {
    collected.reset();
    if (platform != null) {
      platform.reset();
    }
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

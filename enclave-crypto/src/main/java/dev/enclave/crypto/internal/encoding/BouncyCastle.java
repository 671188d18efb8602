package dev.enclave.crypto.internal.encoding;

import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.CryptoServicesRegistrar;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * The Bouncy Castle on the class path, which an application may have pinned to an older release
 * than Enclave needs.
 */
public final class BouncyCastle {

  /** The oldest release that has every method Enclave calls. */
  private static final String LEAST = "1.74";

  /** To be read once, when somebody asks: a provider is made of thousands of entries. */
  private static final class Version {
    static final String TEXT = new BouncyCastleProvider().getVersionStr();
  }

  /** Calls the method of those that Enclave needs which came last. */
  private static final class Recent {
    static final boolean FOUND = found();

    private static boolean found() {
      try {
        return SHA256Digest.newInstance() != null;
      } catch (NoSuchMethodError older) {
        return false;
      }
    }
  }

  /**
   * Bouncy Castle leaves objects of its own in the thread that first uses it (a {@link ThreadLocal}
   * of {@link CryptoServicesRegistrar}). In a thread of an application server they would keep the
   * class loader of an application that was closed, for as long as the thread lives; so a thread
   * that ends at once is the first.
   */
  private static final class FirstUse {
    static final boolean DONE = done();

    private static boolean done() {
      Thread first = new Thread(null, BouncyCastle::use, "enclave-bouncy-castle", 0, false);
      first.setDaemon(true);
      first.setContextClassLoader(null);
      first.start();
      boolean interrupted = false;
      while (first.isAlive()) {
        try {
          first.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return true;
    }
  }

  private BouncyCastle() {}

  /** To be called before the first use, so that no thread of an application is the first. */
  public static void useFirst() {
    if (!FirstUse.DONE) {
      throw new IllegalStateException("the first use is done when its class is there");
    }
  }

  /** Not a method of {@link FirstUse}, whose initialization waits for the thread that calls it. */
  private static void use() {
    try {
      CryptoServicesRegistrar.getServicesConstraints();
    } catch (NoSuchMethodError older) {
      // Whoever needs a newer release is told by require().
    }
  }

  public static String version() {
    return Version.TEXT;
  }

  /**
   * Checks that Bouncy Castle is recent enough.
   *
   * @throws ConfigurationException ({@link ErrorCode#LIBRARY_TOO_OLD})
   */
  public static void require() {
    useFirst();
    if (!Recent.FOUND) {
      throw Texts.BOUNCY_CASTLE_TOO_OLD.as(ErrorCode.LIBRARY_TOO_OLD, version(), LEAST);
    }
  }

  /** SHA-256 (FIPS 180-4). */
  public static Digest sha256() {
    require();
    return SHA256Digest.newInstance();
  }

  /** The AES block cipher (FIPS 197). */
  public static BlockCipher aes() {
    require();
    return AESEngine.newInstance();
  }
}

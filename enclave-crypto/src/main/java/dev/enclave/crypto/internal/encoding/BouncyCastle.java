package dev.enclave.crypto.internal.encoding;

import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import org.bouncycastle.crypto.BlockCipher;
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

  private BouncyCastle() {}

  public static String version() {
    return Version.TEXT;
  }

  /**
   * Checks that Bouncy Castle is recent enough.
   *
   * @throws ConfigurationException ({@link ErrorCode#LIBRARY_TOO_OLD})
   */
  public static void require() {
    if (!Recent.FOUND) {
      throw new ConfigurationException(
          ErrorCode.LIBRARY_TOO_OLD,
          "Bouncy Castle "
              + version()
              + " is on the class path, but Enclave needs "
              + LEAST
              + " or newer. Raise org.bouncycastle:bcprov-jdk18on, and exclude bcprov-jdk15on and"
              + " bcprov-jdk15to18, which hold the same classes (mvn dependency:tree"
              + " -Dincludes=org.bouncycastle shows who brings them).");
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

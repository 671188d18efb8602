package dev.enclave.crypto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.util.Enumeration;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes of this class path anew, with a Bouncy Castle that says it is 1.73 and lacks
 * the method of SHA-256 that came with 1.74.
 */
final class OlderBouncyCastle extends ClassLoader {

  private static final ClassLoader CLASS_PATH = OlderBouncyCastle.class.getClassLoader();

  OlderBouncyCastle() {
    super(ClassLoader.getPlatformClassLoader());
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    try (@Nullable InputStream in =
        CLASS_PATH.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] code = older(name, in.readAllBytes());
      return defineClass(name, code, 0, code.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private static byte[] older(String name, byte[] code) {
    return switch (name) {
      case "org.bouncycastle.crypto.digests.SHA256Digest" ->
          replaced(code, "newInstance".getBytes(ISO_8859_1), "notThereYet".getBytes(ISO_8859_1));
      case "org.bouncycastle.jce.provider.BouncyCastleProvider" ->
          replaced(
              code,
              number(Double.parseDouble(new BouncyCastleProvider().getVersionStr())),
              number(1.73));
      default -> code;
    };
  }

  private static byte[] number(double value) {
    return ByteBuffer.allocate(Double.BYTES).putDouble(value).array();
  }

  private static byte[] replaced(byte[] code, byte[] what, byte[] by) {
    return new String(code, ISO_8859_1)
        .replace(new String(what, ISO_8859_1), new String(by, ISO_8859_1))
        .getBytes(ISO_8859_1);
  }

  @Override
  protected @Nullable URL findResource(String name) {
    return CLASS_PATH.getResource(name);
  }

  @Override
  protected Enumeration<URL> findResources(String name) throws IOException {
    return CLASS_PATH.getResources(name);
  }
}

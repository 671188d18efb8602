package dev.enclave.crypto.internal.corretto;

import dev.enclave.crypto.internal.hash.Pool;
import java.security.GeneralSecurityException;
import java.util.function.UnaryOperator;
import javax.crypto.Cipher;

/** An RSA operation by ciphers of one key, kept for reuse. Thread-safe. */
final class CipherPool implements UnaryOperator<byte[]> {

  /** Makes a cipher with its key. */
  interface Maker {
    Cipher make() throws GeneralSecurityException;
  }

  private final Pool<Cipher> pool = new Pool<>();
  private final Maker maker;

  CipherPool(Maker maker) {
    this.maker = maker;
  }

  /**
   * The operation on {@code block}.
   *
   * @throws IllegalStateException when the engine refuses, or its check of the result fails
   */
  @Override
  public byte[] apply(byte[] block) {
    try {
      Cipher pooled = pool.take();
      Cipher cipher = pooled != null ? pooled : maker.make();
      byte[] result = cipher.doFinal(block);
      pool.put(cipher);
      return result;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the RSA operation failed");
    }
  }

  void clear() {
    pool.clear();
  }
}

package dev.enclave.spi;

import java.util.Arrays;

/**
 * Key material on its way. Not serializable; equality is identity; {@link #toString()} shows
 * nothing; the content is overwritten on {@link #close()}. Comes out only through {@link
 * #exposeSecret()} and {@link #use}, which are easy to search for. Thread-safe.
 */
public final class SecretBytes implements AutoCloseable {

  /**
   * What is done with a secret.
   *
   * @param <R> what comes of it
   * @param <X> how it may fail
   */
  @FunctionalInterface
  public interface Use<R, X extends Exception> {

    /**
     * Does it.
     *
     * @param secret overwritten afterwards, so not to be kept
     */
    R of(byte[] secret) throws X;
  }

  private final byte[] content;
  private boolean closed;

  private SecretBytes(byte[] content) {
    this.content = content;
  }

  /** Takes {@code content} over: no copy is made, and it is overwritten on close. */
  public static SecretBytes takeOver(byte[] content) {
    return new SecretBytes(content);
  }

  /** Length in bytes. */
  public int size() {
    return content.length;
  }

  /**
   * A copy of the secret, which the caller overwrites after use, as {@link #use} does by itself.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  public synchronized byte[] exposeSecret() {
    if (closed) {
      throw new IllegalStateException("this secret has been closed");
    }
    return content.clone();
  }

  /**
   * Does something with a copy of the secret, and overwrites the copy whatever becomes of it.
   *
   * @throws IllegalStateException after {@link #close()}
   * @throws X as {@code use} does
   */
  public <R, X extends Exception> R use(Use<R, X> use) throws X {
    byte[] secret = exposeSecret();
    try {
      return use.of(secret);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /** Overwrites the content. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(content, (byte) 0);
  }

  @Override
  public String toString() {
    return "SecretBytes[***]";
  }
}

package dev.enclave.spi;

import java.util.Arrays;

/**
 * Key material on its way. Not serializable; equality is identity; {@link #toString()} shows
 * nothing; the content is overwritten on {@link #close()}. Comes out only through {@link
 * #exposeSecret()}, which is easy to search for. Thread-safe.
 */
public final class SecretBytes implements AutoCloseable {

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
   * A copy of the secret, which the caller overwrites after use.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  public synchronized byte[] exposeSecret() {
    if (closed) {
      throw new IllegalStateException("this secret has been closed");
    }
    return content.clone();
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

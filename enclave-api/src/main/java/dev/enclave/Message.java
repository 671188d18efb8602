package dev.enclave;

import dev.enclave.internal.texts.Texts;
import java.nio.charset.StandardCharsets;

/**
 * A whole message, exactly as the signature scheme takes it; hashing, where the scheme hashes, is
 * not the caller's business. Immutable. {@link #toString()} gives only the length.
 */
public final class Message implements SigningInput {

  private final byte[] content;

  private Message(byte[] content) {
    this.content = content;
  }

  /** A copy of {@code content}; any length, zero included. */
  public static Message of(byte[] content) {
    return new Message(content.clone());
  }

  /** The UTF-8 encoding of {@code text}. */
  public static Message ofUtf8(String text) {
    return new Message(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Length in bytes. */
  public int size() {
    return content.length;
  }

  /**
   * A fresh copy of the content's beginning.
   *
   * @param length of the copy, in bytes; less where the content is shorter
   */
  public byte[] first(int length) {
    return java.util.Arrays.copyOf(content, Math.min(length, content.length));
  }

  /** A fresh copy of the content. */
  public byte[] toByteArray() {
    return content.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Message that && java.util.Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return Texts.MESSAGE_SHOWN.with(content.length);
  }
}

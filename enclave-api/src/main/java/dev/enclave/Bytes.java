package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.texts.Texts;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable byte string for data that is not secret: public keys, signatures, ciphertexts.
 *
 * <p>The content is copied on the way in and on the way out. Equality is by content. {@link
 * #toString()} gives only the length, so that a byte string that turns out to be sensitive does not
 * reach a log. Private key material belongs in {@code dev.enclave.spi.SecretBytes}.
 */
public final class Bytes {

  private static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** The empty byte string. */
  public static Bytes empty() {
    return EMPTY;
  }

  /** A copy of {@code content}. */
  public static Bytes of(byte[] content) {
    return new Bytes(content.clone());
  }

  /**
   * Decodes hexadecimal digits, upper or lower case.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when {@code hex} is not hexadecimal
   */
  public static Bytes ofHex(String hex) {
    try {
      return new Bytes(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw Texts.NOT_HEXADECIMAL.as(ErrorCode.INVALID_ENCODING, hex.length());
    }
  }

  /** Length in bytes. */
  public int size() {
    return content.length;
  }

  /** The byte at {@code index}, counted from zero. */
  public byte at(int index) {
    return content[index];
  }

  /** A fresh copy of the content. */
  public byte[] toByteArray() {
    return content.clone();
  }

  /** Lower-case hexadecimal. */
  public String toHex() {
    return HexFormat.of().formatHex(content);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return "Bytes[" + content.length + "]";
  }
}

package dev.enclave.crypto.internal.encoding;

import java.math.BigInteger;
import java.util.Arrays;

/** Writes DER (X.690 §10). Overwrites the intermediate copies it makes: they may be secret. */
public final class DerWriter {

  public static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OBJECT_IDENTIFIER = 0x06;
  public static final int UTF8_STRING = 0x0c;
  public static final int SEQUENCE = 0x30;
  public static final int SET = 0x31;

  private DerWriter() {}

  public static byte[] sequence(byte[]... elements) {
    return wrap(SEQUENCE, elements);
  }

  public static byte[] integer(BigInteger value) {
    return wrap(INTEGER, value.toByteArray());
  }

  public static byte[] octetString(byte[] content) {
    return wrap(OCTET_STRING, content);
  }

  public static byte[] bitString(byte[] octets) {
    return wrap(BIT_STRING, new byte[1], octets);
  }

  /** One element around {@code parts}, which are overwritten. */
  public static byte[] wrap(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    byte[] header = header(tag, length);
    byte[] result = Arrays.copyOf(header, header.length + length);
    int at = header.length;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, result, at, part.length);
      at += part.length;
      Arrays.fill(part, (byte) 0);
    }
    return result;
  }

  private static byte[] header(int tag, int length) {
    if (length < 0x80) {
      return new byte[] {(byte) tag, (byte) length};
    } else if (length < 0x100) {
      return new byte[] {(byte) tag, (byte) 0x81, (byte) length};
    }
    if (length < 0x10000) {
      return new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
    }
    return new byte[] {
      (byte) tag, (byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length
    };
  }
}

package dev.enclave.core.internal.audit.record;

import java.util.Arrays;

/**
 * A growing byte array that takes JSON as RFC 8785 section 3.2.2.2 writes it. Half a surrogate
 * pair, for which UTF-8 has no form, becomes U+FFFD.
 */
final class JsonBuffer {

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  /** The most bytes one char of a string can take: an escape of six. */
  private static final int WIDEST = 6;

  private static final int LONGEST_NUMBER = 20;

  private byte[] bytes;
  private int size;

  JsonBuffer(int capacity) {
    this.bytes = new byte[capacity];
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  void cutTo(int length) {
    size = length;
  }

  void put(char ascii) {
    room(1);
    bytes[size++] = (byte) ascii;
  }

  void put(byte[] raw) {
    room(raw.length);
    System.arraycopy(raw, 0, bytes, size, raw.length);
    size += raw.length;
  }

  /** Keeps {@code length} bytes free for later; returns where. */
  int reserve(int length) {
    room(length);
    int start = size;
    size += length;
    return start;
  }

  /** Puts lower-case hexadecimal where room was reserved. */
  void hexAt(int position, byte[] value) {
    int at = position;
    for (byte b : value) {
      bytes[at++] = HEX[(b >> 4) & 0xf];
      bytes[at++] = HEX[b & 0xf];
    }
  }

  void number(long value) {
    if (value < 0) {
      text(Long.toString(value));
      return;
    }
    room(LONGEST_NUMBER);
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int at = size + digits - 1; at >= size; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += digits;
  }

  /** Puts the inside of a JSON string. */
  void text(String value) {
    int length = value.length();
    room(length * WIDEST);
    byte[] out = bytes;
    int at = size;
    int i = 0;
    while (i < length) {
      char c = value.charAt(i);
      if (c >= 0x80 || c < 0x20 || c == '"' || c == '\\') {
        break;
      }
      out[at++] = (byte) c;
      i++;
    }
    size = at;
    if (i < length) {
      rest(value, i);
    }
  }

  private void rest(String value, int start) {
    int i = start;
    while (i < value.length()) {
      int c = value.codePointAt(i);
      i += Character.charCount(c);
      if (c < 0x80) {
        ascii((char) c);
      } else {
        wide(c < 0x10000 && Character.isSurrogate((char) c) ? 0xfffd : c);
      }
    }
  }

  private void ascii(char c) {
    switch (c) {
      case '"', '\\' -> escape((byte) c);
      case '\b' -> escape((byte) 'b');
      case '\t' -> escape((byte) 't');
      case '\n' -> escape((byte) 'n');
      case '\f' -> escape((byte) 'f');
      case '\r' -> escape((byte) 'r');
      default -> {
        if (c < 0x20) {
          unicode(c);
        } else {
          bytes[size++] = (byte) c;
        }
      }
    }
  }

  private void escape(byte c) {
    bytes[size++] = '\\';
    bytes[size++] = c;
  }

  private void unicode(char c) {
    escape((byte) 'u');
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[size++] = HEX[(c >> shift) & 0xf];
    }
  }

  private void wide(int c) {
    if (c < 0x800) {
      bytes[size++] = (byte) (0xc0 | (c >> 6));
    } else {
      if (c < 0x10000) {
        bytes[size++] = (byte) (0xe0 | (c >> 12));
      } else {
        bytes[size++] = (byte) (0xf0 | (c >> 18));
        continuation(c >> 12);
      }
      continuation(c >> 6);
    }
    continuation(c);
  }

  private void continuation(int c) {
    bytes[size++] = (byte) (0x80 | (c & 0x3f));
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}

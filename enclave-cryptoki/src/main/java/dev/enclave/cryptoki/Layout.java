package dev.enclave.cryptoki;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How the structures of Cryptoki lie in memory. A field is aligned to its length, and a structure
 * to its longest field, but on Windows, where nothing is (PKCS#11 3.0, section 2.1).
 *
 * @param ulong the bytes of a CK_ULONG
 * @param pointer the bytes of a pointer
 * @param packed whether nothing is aligned
 * @param order the order of the bytes of a number
 */
record Layout(int ulong, int pointer, boolean packed, ByteOrder order) {

  static Layout ofThisMachine() {
    return new Layout(
        NativeLong.SIZE, Native.POINTER_SIZE, Platform.isWindows(), ByteOrder.nativeOrder());
  }

  /**
   * The bytes of a structure.
   *
   * @param place copies bytes to native memory and returns their address
   * @param fields a Long is a CK_ULONG, null a null pointer, and bytes are a pointer to a copy
   */
  byte[] structure(ToLongFunction<byte[]> place, @Nullable Object... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int longest = 1;
    for (Object field : fields) {
      int length = field instanceof Long ? ulong : pointer;
      long value = field instanceof Long number ? number : 0;
      if (field instanceof byte[] bytes) {
        value = place.applyAsLong(bytes);
      } else if (field instanceof Pointer address) {
        value = Pointer.nativeValue(address);
      }
      out.writeBytes(new byte[padding(out.size(), length)]);
      out.writeBytes(number(value, length));
      longest = Math.max(longest, length);
    }
    out.writeBytes(new byte[padding(out.size(), longest)]);
    return out.toByteArray();
  }

  private int padding(int position, int alignment) {
    return packed ? 0 : (alignment - position % alignment) % alignment;
  }

  byte[] number(long value, int length) {
    ByteBuffer eight = ByteBuffer.allocate(Long.BYTES).order(order).putLong(value);
    byte[] bytes = new byte[length];
    eight.get(order == ByteOrder.BIG_ENDIAN ? Long.BYTES - length : 0, bytes);
    return bytes;
  }

  /** A number of 4 or 8 bytes; all ones, CK_UNAVAILABLE_INFORMATION, are -1 in both. */
  long number(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(order);
    if (bytes.length == Long.BYTES) {
      return in.getLong();
    }
    int value = in.getInt();
    return value == -1 ? -1 : Integer.toUnsignedLong(value);
  }

  Reader reader(byte[] bytes) {
    return new Reader(ByteBuffer.wrap(bytes));
  }

  /** Reads the fields of a structure, one after the other. */
  final class Reader {

    private final ByteBuffer in;

    private Reader(ByteBuffer in) {
      this.in = in;
    }

    long ulong() {
      return number(ulong);
    }

    long pointer() {
      return number(pointer);
    }

    private long number(int length) {
      bytes(padding(in.position(), length));
      return Layout.this.number(bytes(length));
    }

    private byte[] bytes(int length) {
      byte[] bytes = new byte[length];
      in.get(bytes);
      return bytes;
    }

    /** Text in UTF-8, without the blanks, or the zeros of some modules, that fill it up. */
    String text(int length) {
      String text = new String(bytes(length), StandardCharsets.UTF_8);
      return text.replace('\0', ' ').stripTrailing();
    }

    /** A CK_VERSION. */
    String version() {
      return (in.get() & 0xff) + "." + (in.get() & 0xff);
    }
  }
}

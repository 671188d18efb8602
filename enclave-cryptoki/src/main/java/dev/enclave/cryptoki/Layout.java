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
 * How structures lie in memory, by the bytes of a CK_ULONG and of a pointer. A field is aligned to
 * its length and a structure to its longest field, unless they are packed, as on Windows.
 */
record Layout(int ulong, int pointer, boolean packed, ByteOrder order) {

  /** That of this JVM's machine. */
  static final Layout HERE =
      new Layout(
          NativeLong.SIZE, Native.POINTER_SIZE, Platform.isWindows(), ByteOrder.nativeOrder());

  /**
   * The bytes of a structure, whose fields are a Long for a CK_ULONG, or else pointers: null, a
   * Pointer, or bytes for which a place is found.
   */
  byte[] structure(ToLongFunction<byte[]> place, @Nullable Object... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int longest = 1;
    for (Object field : fields) {
      int length = field instanceof Long ? ulong : pointer;
      long value = field instanceof byte[] bytes ? place.applyAsLong(bytes) : 0;
      value = field instanceof Long number ? number : value;
      value = field instanceof Pointer address ? Pointer.nativeValue(address) : value;
      out.writeBytes(new byte[padding(out.size(), length)]);
      out.writeBytes(number(value, length));
      longest = Math.max(longest, length);
    }
    out.writeBytes(new byte[padding(out.size(), longest)]);
    return out.toByteArray();
  }

  /** How many bytes lie before a field of this length. */
  private int padding(int position, int length) {
    return packed ? 0 : -position & (length - 1);
  }

  /** Where a function is in a CK_FUNCTION_LIST: behind a CK_VERSION and those before it. */
  long functionAt(int place) {
    return 2 + padding(2, pointer) + (long) place * pointer;
  }

  /** Bytes as they are, or a CK_ULONG. */
  byte[] encoded(Object value) {
    return value instanceof byte[] bytes ? bytes : number((Long) value, ulong);
  }

  private byte[] number(long value, int length) {
    ByteBuffer out = ByteBuffer.allocate(length).order(order);
    return (length == Long.BYTES ? out.putLong(value) : out.putInt((int) value)).array();
  }

  /** A number of 4 or 8 bytes; all ones, which are CK_UNAVAILABLE_INFORMATION, are -1 in both. */
  long number(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(order);
    if (bytes.length == Long.BYTES) {
      return in.getLong();
    }
    int value = in.getInt();
    return value == -1 ? -1 : Integer.toUnsignedLong(value);
  }

  Reader reader(byte[] structure) {
    return new Reader(this, ByteBuffer.wrap(structure));
  }

  /** Reads the fields of a structure, one after the other. */
  record Reader(Layout layout, ByteBuffer in) {

    long ulong() {
      bytes(layout.padding(in.position(), layout.ulong));
      return layout.number(bytes(layout.ulong));
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

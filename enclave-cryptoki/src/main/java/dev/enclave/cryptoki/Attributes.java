package dev.enclave.cryptoki;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Attributes (CK_ATTRIBUTE): a template for an object that is made or looked for, or what was read
 * of one, without what it does not have, is sensitive or of another length. Types are CKA_ of
 * {@link Ck}, or a vendor's. Not thread-safe. Bytes are not copied, so those of a secret can be
 * cleared after a call.
 */
public final class Attributes {

  private final Map<Long, Object> values = new TreeMap<>();

  /** Adds a CK_ULONG, such as a class, a type of key or a length. */
  public Attributes with(long type, long value) {
    values.put(type, value);
    return this;
  }

  /** Adds bytes: an array, a big integer (big-endian, unsigned) or DER. */
  public Attributes with(long type, byte[] value) {
    values.put(type, value);
    return this;
  }

  /** Adds a CK_BBOOL. */
  public Attributes with(long type, boolean value) {
    return with(type, new byte[] {(byte) (value ? 1 : 0)});
  }

  /** Adds text, in UTF-8. */
  public Attributes with(long type, String value) {
    return with(type, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns bytes as they were read. */
  public Optional<byte[]> bytes(long type) {
    return Optional.ofNullable(values.get(type)).map(Layout.HERE::encoded);
  }

  /** Returns text of UTF-8. */
  public Optional<String> text(long type) {
    return bytes(type).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** Returns a CK_BBOOL. */
  public Optional<Boolean> bool(long type) {
    return bytes(type).filter(bytes -> bytes.length == 1).map(bytes -> bytes[0] != 0);
  }

  /** Returns a CK_ULONG. */
  public OptionalLong ulong(long type) {
    return bytes(type).filter(bytes -> bytes.length == Layout.HERE.ulong()).stream()
        .mapToLong(Layout.HERE::number)
        .findFirst();
  }

  long size() {
    return values.size();
  }

  byte[] structures(Layout layout, ToLongFunction<byte[]> place) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    values.forEach(
        (type, value) -> {
          byte[] bytes = layout.encoded(value);
          out.writeBytes(layout.structure(place, type, bytes, (long) bytes.length));
        });
    return out.toByteArray();
  }
}

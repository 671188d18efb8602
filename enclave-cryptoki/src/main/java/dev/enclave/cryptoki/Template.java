package dev.enclave.cryptoki;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Attributes that an object is to have, or that are looked for (CK_ATTRIBUTE). Types are CKA_ of
 * {@link Ck}, or a vendor's. Not thread-safe. Bytes are not copied: so a caller can clear those of
 * a secret once the call has ended.
 */
public final class Template {

  private record Attribute(long type, Object value) {}

  private final List<Attribute> attributes = new ArrayList<>();

  /** Adds a CK_ULONG, such as a class, a type of key or a length. */
  public Template with(long type, long value) {
    return add(type, value);
  }

  /** Adds a CK_BBOOL. */
  public Template with(long type, boolean value) {
    return add(type, new byte[] {(byte) (value ? 1 : 0)});
  }

  /** Adds bytes: an array, a big integer (big-endian, unsigned) or DER. */
  public Template with(long type, byte[] value) {
    return add(type, value);
  }

  /** Adds text, in UTF-8. */
  public Template with(long type, String value) {
    return add(type, value.getBytes(StandardCharsets.UTF_8));
  }

  private Template add(long type, Object value) {
    attributes.add(new Attribute(type, value));
    return this;
  }

  int size() {
    return attributes.size();
  }

  /** The structures, one after the other. */
  byte[] structures(Layout layout, ToLongFunction<byte[]> place) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Attribute each : attributes) {
      byte[] bytes =
          each.value instanceof Long number
              ? layout.number(number, layout.ulong())
              : (byte[]) each.value;
      out.writeBytes(layout.structure(place, each.type, bytes, (long) bytes.length));
    }
    return out.toByteArray();
  }
}

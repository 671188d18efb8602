package dev.enclave.cryptoki;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Attributes that were read of an object. One that the object does not have, or that is sensitive,
 * is absent. Types are CKA_ of {@link Ck}, or a vendor's.
 */
public final class Attributes {

  private final Map<Long, byte[]> values;
  private final Layout layout;

  Attributes(Map<Long, byte[]> values, Layout layout) {
    this.values = values;
    this.layout = layout;
  }

  /** Returns bytes as the module gave them, which are not copied. */
  public Optional<byte[]> bytes(long type) {
    return Optional.ofNullable(values.get(type));
  }

  /** Returns text of UTF-8. */
  public Optional<String> text(long type) {
    return bytes(type).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** Returns a CK_BBOOL, absent if the value has another length. */
  public Optional<Boolean> bool(long type) {
    return bytes(type).filter(bytes -> bytes.length == 1).map(bytes -> bytes[0] != 0);
  }

  /** Returns a CK_ULONG, absent if the value has another length. */
  public OptionalLong ulong(long type) {
    byte[] bytes = values.get(type);
    return bytes != null && bytes.length == layout.ulong()
        ? OptionalLong.of(layout.number(bytes))
        : OptionalLong.empty();
  }
}

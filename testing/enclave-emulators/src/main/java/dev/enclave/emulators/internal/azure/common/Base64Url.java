package dev.enclave.emulators.internal.azure.common;

import java.util.Base64;
import java.util.Optional;

/** Base64 for URLs, without padding (RFC 4648 §5; RFC 7515 §2). */
public final class Base64Url {

  private Base64Url() {}

  public static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The bytes; empty if {@code text} is anything else. */
  public static Optional<byte[]> decode(String text) {
    try {
      return Optional.of(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

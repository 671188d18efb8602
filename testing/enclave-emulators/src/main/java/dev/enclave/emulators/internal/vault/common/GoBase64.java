package dev.enclave.emulators.internal.vault.common;

import java.util.Base64;
import java.util.Optional;

/** Standard base64 as Go's {@code encoding/base64} reads it: padded, line breaks left out. */
public final class GoBase64 {

  private GoBase64() {}

  /** The bytes; empty if the text is no base64. */
  public static Optional<byte[]> decode(String text) {
    String bare = text.replaceAll("[\\r\\n]", "");
    try {
      return bare.length() % 4 == 0
          ? Optional.of(Base64.getDecoder().decode(bare))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** URL-safe and without padding ({@code base64.RawURLEncoding}). */
  public static Optional<byte[]> decodeRawUrl(String text) {
    try {
      return text.contains("=")
          ? Optional.empty()
          : Optional.of(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** What Go says of a text that is no base64. */
  public static String error(String text) {
    int at = 0;
    while (at < text.length() && isLetter(text.charAt(at))) {
      at++;
    }
    return "illegal base64 data at input byte " + (at < text.length() ? at : at - at % 4);
  }

  private static boolean isLetter(char each) {
    return each < 128 && (Character.isLetterOrDigit(each) || each == '+' || each == '/');
  }

  /** Standard base64 with padding. */
  public static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}

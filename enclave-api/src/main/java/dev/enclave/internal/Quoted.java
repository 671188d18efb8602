package dev.enclave.internal;

import dev.enclave.internal.texts.Texts;
import java.util.Locale;

/**
 * Quotes a caller's text for a message: control and non-ASCII characters escaped, at most 80
 * characters, so that hostile input can neither forge a log line nor flood one.
 */
public final class Quoted {

  private static final int LONGEST = 80;

  private Quoted() {}

  /** The quoted form of {@code text}, safe to put into a message or a log line. */
  public static String of(String text) {
    StringBuilder out = new StringBuilder("\"");
    int shown = Math.min(text.length(), LONGEST);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= 0x20 && c < 0x7f) {
        out.append(c);
      } else {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    out.append('"');
    if (shown < text.length()) {
      out.append(Texts.CHARACTERS_OF_ALL.with(text.length()));
    }
    return out.toString();
  }
}

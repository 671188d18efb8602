package dev.enclave.cli.text;

import java.util.Locale;

/**
 * Text in which nothing steers a terminal, changes the direction of what is read, or is there and
 * not seen. Letters, marks, digits, punctuation and symbols of every script stay.
 */
final class Printable {

  /**
   * First and last of what is ignored where it is shown (Default_Ignorable_Code_Point of the
   * Unicode Character Database), and is neither a control nor a format character; and the blank
   * pattern of Braille.
   */
  private static final int[][] UNSEEN = {
    {0x034f, 0x034f},
    {0x115f, 0x1160},
    {0x17b4, 0x17b5},
    {0x180b, 0x180f},
    {0x2800, 0x2800},
    {0x3164, 0x3164},
    {0xfe00, 0xfe0f},
    {0xffa0, 0xffa0},
    {0xe0000, 0xe0fff}
  };

  private Printable() {}

  /** One line: all else as the escapes that JSON has for it. */
  static String line(String text) {
    return escaped(text, false);
  }

  /** The same, where what ends a line stays. */
  static String lines(String text) {
    return escaped(text, true);
  }

  private static String escaped(String text, boolean lines) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      boolean end = c == '\n' || (c == '\r' && next < text.length() && text.charAt(next) == '\n');
      if (isSeen(c) || (lines && end)) {
        out.appendCodePoint(c);
      } else {
        text.substring(i, next)
            .chars()
            .forEach(unit -> out.append(String.format(Locale.ROOT, "\\u%04x", unit)));
      }
      i = next;
    }
    return out.toString();
  }

  private static boolean isSeen(int c) {
    if (c >= ' ' && c <= '~') {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> !isUnseen(c);
    };
  }

  private static boolean isUnseen(int c) {
    for (int[] range : UNSEEN) {
      if (c >= range[0] && c <= range[1]) {
        return true;
      }
    }
    return false;
  }
}

package dev.enclave.gcp.internal.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text in labels of Google Cloud, which take lower-case letters, digits, {@code _} and {@code -},
 * 63 characters at most ("Labels", Resource Manager documentation). Faithful: what is written is
 * what is read.
 *
 * <p>Lower-case letters, digits and {@code -} stand for themselves, {@code _x} for the upper-case
 * letter {@code X}, {@code __} for {@code _}, {@code _4} and four hexadecimal digits for any other
 * character. What is longer than a label is continued in {@code name-2}, {@code name-3}, …
 */
public final class LabelText {

  static final int LONGEST = 63;

  /** Of all the labels that a key takes. */
  private static final int PARTS = 48;

  /** So many labels a key takes. */
  public static final int MOST = 64;

  /** The longest text that needs no escapes. */
  public static final int CAPACITY = PARTS * LONGEST;

  private static final Pattern TOKEN = Pattern.compile("[a-z0-9-]|_[a-z_]|_4[0-9a-f]{4}");

  private LabelText() {}

  /**
   * Puts it into as many labels as it needs.
   *
   * @throws IllegalArgumentException when it needs too many: more than {@link #CAPACITY} characters
   */
  public static void put(Map<String, String> labels, String name, String text) {
    List<String> parts = split(encode(text));
    if (parts.size() > PARTS) {
      throw new IllegalArgumentException("text for label " + name + " is too long");
    }
    for (int i = 0; i < parts.size(); i++) {
      labels.put(part(name, i), parts.get(i));
    }
  }

  /** Reads what {@link #put} wrote; nothing if it is not there or was mangled. */
  public static Optional<String> get(Map<String, String> labels, String name) {
    if (!labels.containsKey(name)) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < PARTS && labels.containsKey(part(name, i)); i++) {
      text.append(labels.get(part(name, i)));
    }
    return decode(text.toString());
  }

  private static String part(String name, int index) {
    return index == 0 ? name : name + "-" + (index + 1);
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    for (int at = 0; at == 0 || at < text.length(); at += LONGEST) {
      parts.add(text.substring(at, Math.min(at + LONGEST, text.length())));
    }
    return parts;
  }

  static String encode(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (plain(c)) {
        out.append(c);
      } else if (c >= 'A' && c <= 'Z') {
        out.append('_').append((char) (c - 'A' + 'a'));
      } else if (c == '_') {
        out.append("__");
      } else {
        out.append(String.format(Locale.ROOT, "_4%04x", (int) c));
      }
    }
    return out.toString();
  }

  private static boolean plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  }

  static Optional<String> decode(String label) {
    StringBuilder out = new StringBuilder();
    Matcher matcher = TOKEN.matcher(label);
    while (matcher.lookingAt()) {
      String token = matcher.group();
      if (token.length() == 1) {
        out.append(token);
      } else if (token.length() == 2) {
        char letter = token.charAt(1);
        out.append(letter == '_' ? '_' : (char) (letter - 'a' + 'A'));
      } else {
        out.append((char) Integer.parseInt(token.substring(2), 16));
      }
      matcher.region(matcher.end(), label.length());
    }
    // One text has one form: what was written otherwise was not written here.
    return Optional.of(out.toString()).filter(text -> encode(text).equals(label));
  }
}

package dev.enclave.emulators.internal.access;

import java.util.Locale;

/** IAM User Guide, "IAM JSON policy elements: Action": {@code *} stands for any characters. */
public final class Wildcard {

  private Wildcard() {}

  /** Whether all of {@code text} is as {@code pattern} says, whatever the case. */
  public static boolean matches(String pattern, String text) {
    String[] parts = pattern.toLowerCase(Locale.ROOT).split("\\*", -1);
    String rest = text.toLowerCase(Locale.ROOT);
    if (parts.length == 1) {
      return rest.equals(parts[0]);
    }
    if (!rest.startsWith(parts[0])) {
      return false;
    }
    rest = rest.substring(parts[0].length());
    for (int i = 1; i < parts.length - 1; i++) {
      int at = rest.indexOf(parts[i]);
      if (at < 0) {
        return false;
      }
      rest = rest.substring(at + parts[i].length());
    }
    return rest.endsWith(parts[parts.length - 1]);
  }
}

package dev.enclave.auditlog.records;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The form of a record in places that others write to the disk or show: the same JSON in printable
 * ASCII. So no encoding can damage it, no character splits its line or steers a terminal, and no
 * look-up (a dollar sign before a brace) begins in it. Its hash is that of the canonical form.
 */
public final class LogLine {

  private LogLine() {}

  /** The form of a canonical line without LF, in which only strings hold what must be escaped. */
  public static String of(byte[] canonical, int length) {
    return of(new String(canonical, 0, length, StandardCharsets.UTF_8));
  }

  static String of(String canonical) {
    StringBuilder out = new StringBuilder(canonical.length() + 16);
    for (int i = 0; i < canonical.length(); i++) {
      char c = canonical.charAt(i);
      boolean lookUp = c == '$' && i + 1 < canonical.length() && canonical.charAt(i + 1) == '{';
      if (lookUp || c < ' ' || c > '~') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}

package dev.enclave.core.internal.redaction;

import java.util.Collection;
import java.util.List;

/**
 * Where a text names what it is known to name.
 *
 * <p>A name counts as a word of its own, with or without a path below it. So what stands before or
 * after it is judged as if the name were not there: no run that could be a key is cut in two.
 */
final class NameSpans {

  /** Shorter words are no runs that could be a key, and might be parts of a list of bytes. */
  private static final int SHORTEST_WORD = 24;

  private static final int SHORTEST_PATH = 4;

  /**
   * A part of a text.
   *
   * @param start where it begins
   * @param end behind its last character
   */
  record Span(int start, int end) {}

  private final List<String> names;

  NameSpans(Collection<String> names) {
    this.names = names.stream().filter(NameSpans::worthKeeping).toList();
  }

  private static boolean worthKeeping(String name) {
    boolean path = name.indexOf('/') >= 0 || name.indexOf('\\') >= 0;
    return name.length() >= (path ? SHORTEST_PATH : SHORTEST_WORD);
  }

  /** The first name in the text, the longest of those that begin there; if none, its end. */
  Span first(String text) {
    Span first = new Span(text.length(), text.length());
    for (String name : names) {
      int at = find(text, name);
      Span found = new Span(at, at + name.length());
      boolean longer = at == first.start() && found.end() > first.end();
      if (at >= 0 && (at < first.start() || longer)) {
        first = found;
      }
    }
    return first;
  }

  private static int find(String text, String name) {
    int at = text.indexOf(name);
    while (at >= 0) {
      int end = at + name.length();
      boolean begins = at == 0 || !ofARun(text.charAt(at - 1));
      boolean ends = end == text.length() || below(text.charAt(end)) || !ofARun(text.charAt(end));
      if (begins && ends) {
        return at;
      }
      at = text.indexOf(name, at + 1);
    }
    return -1;
  }

  private static boolean below(char next) {
    return next == '/' || next == '\\';
  }

  /** What hexadecimal digits, Base64 and Base64url consist of. */
  private static boolean ofARun(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "+/_=-".indexOf(c) >= 0;
  }
}

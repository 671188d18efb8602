package dev.enclave.migration;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.texts.Texts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Objects, arrays and strings as canonical JSON (RFC 8785): members sorted, no white space, the
 * shortest escapes. A text in any other form is refused, so that one content has one hash.
 */
final class CanonicalJson {

  private static final int LONGEST = 1024 * 1024;
  private static final int DEEPEST = 8;
  private static final String HEX = "0123456789abcdef";

  private CanonicalJson() {}

  /** Writes a value: a map with strings as names, a list, or a string. */
  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  /** SHA-256 of a text in UTF-8: 64 hexadecimal digits. */
  static String hash(String text) {
    try {
      return Digest.of(
              DigestAlgorithm.SHA_256,
              new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
          .value()
          .toHex();
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory could not be read");
    }
  }

  private static void write(Object value, StringBuilder out) {
    if (value instanceof Map<?, ?> members) {
      String before = "{";
      for (Map.Entry<?, ?> member : new TreeMap<>(members).entrySet()) {
        out.append(before);
        quote(String.valueOf(member.getKey()), out);
        write(member.getValue(), out.append(':'));
        before = ",";
      }
      out.append(members.isEmpty() ? "{}" : "}");
    } else if (value instanceof List<?> elements) {
      String before = "[";
      for (Object element : elements) {
        write(element, out.append(before));
        before = ",";
      }
      out.append(elements.isEmpty() ? "[]" : "]");
    } else {
      quote(String.valueOf(value), out);
    }
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int named = "\b\t\n\f\r\"\\".indexOf(c);
      if (named >= 0) {
        out.append('\\').append("btnfr\"\\".charAt(named));
      } else if (c < ' ') {
        out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /**
   * Reads an object; a line end may follow it.
   *
   * @param what for messages, such as {@code a migration plan}
   * @param refusal of which code what is thrown is
   * @throws UsageException when the text is anything else, or not canonical
   */
  static Members read(String text, String what, ErrorCode refusal) {
    String line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    Refusal refused = new Refusal(what, refusal);
    if (line.length() > LONGEST) {
      throw refused.because(Texts.JSON_TOO_LONG.with(LONGEST));
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(line)) {
      // Two such texts would have one hash.
      throw refused.because(Texts.HALF_A_CHARACTER.with());
    }
    Reader reader = new Reader(line, refused);
    Object value = reader.value(0);
    if (!reader.atEnd() || !(value instanceof Map<?, ?>) || !write(value).equals(line)) {
      throw refused.because(Texts.NOT_ONE_OBJECT.with());
    }
    return new Members(asMap(value), refused);
  }

  @SuppressWarnings("unchecked") // the reader makes no other maps
  private static Map<String, Object> asMap(Object value) {
    return (Map<String, Object>) value;
  }

  /** How a text is refused. */
  record Refusal(String what, ErrorCode code) {
    EnclaveException because(String why) {
      return Texts.NOT_A_FILE_OF_MIGRATION.as(code, what, why);
    }
  }

  /** The members of an object that was read. */
  record Members(Map<String, Object> values, Refusal refused) {

    String text(String name) {
      if (values.get(name) instanceof String text) {
        return text;
      }
      throw missing(name);
    }

    /** The member, read by {@code parser}, whose refusals become ours. */
    <T> T text(String name, Function<String, T> parser) {
      String text = text(name);
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException | DateTimeException | EnclaveException e) {
        throw refused.because(Texts.MEMBER_UNREADABLE.with(name));
      }
    }

    Members object(String name) {
      if (values.get(name) instanceof Map<?, ?> members) {
        return new Members(asMap(members), refused);
      }
      throw missing(name);
    }

    List<Members> objects(String name) {
      List<Members> objects = new ArrayList<>();
      if (!(values.get(name) instanceof List<?> elements)) {
        throw missing(name);
      }
      for (Object element : elements) {
        if (!(element instanceof Map<?, ?>)) {
          throw missing(name);
        }
        objects.add(new Members(asMap(element), refused));
      }
      return objects;
    }

    Map<String, String> texts(String name) {
      Map<String, String> texts = new TreeMap<>();
      Members object = object(name);
      object.values().keySet().forEach(each -> texts.put(each, object.text(each)));
      return texts;
    }

    /** Refuses members that nobody reads, since a signature covers them and no reader sees them. */
    Members requireOnly(String... names) {
      if (!values.keySet().equals(Set.of(names))) {
        throw refused.because(Texts.OTHER_MEMBERS.with(String.join(", ", names)));
      }
      return this;
    }

    private EnclaveException missing(String name) {
      return refused.because(Texts.MEMBER_MISSING.with(name));
    }
  }

  /** One text, from its beginning to its end. */
  private static final class Reader {

    private final String text;
    private final Refusal refused;
    private int at;

    Reader(String text, Refusal refused) {
      this.text = text;
      this.refused = refused;
    }

    boolean atEnd() {
      return at == text.length();
    }

    Object value(int depth) {
      if (depth > DEEPEST) {
        throw refused.because(Texts.NESTED_TOO_DEEPLY.with());
      }
      return switch (peek()) {
        case '{' -> object(depth);
        case '[' -> array(depth);
        case '"' -> string();
        default -> throw unexpected();
      };
    }

    private Map<String, Object> object(int depth) {
      Map<String, Object> members = new TreeMap<>();
      take('{');
      while (peek() != '}') {
        if (!members.isEmpty()) {
          take(',');
        }
        String name = string();
        take(':');
        if (members.put(name, value(depth + 1)) != null) {
          throw refused.because(Texts.ONE_MEMBER_TWICE.with());
        }
      }
      take('}');
      return members;
    }

    private List<Object> array(int depth) {
      List<Object> elements = new ArrayList<>();
      take('[');
      while (peek() != ']') {
        if (!elements.isEmpty()) {
          take(',');
        }
        elements.add(value(depth + 1));
      }
      take(']');
      return elements;
    }

    private String string() {
      take('"');
      StringBuilder string = new StringBuilder();
      while (peek() != '"') {
        char c = next();
        string.append(c == '\\' ? escaped() : c);
      }
      take('"');
      return string.toString();
    }

    private char escaped() {
      char c = next();
      if (c == 'u') {
        if (at + 4 > text.length()) {
          throw unexpected();
        }
        int code = 0;
        for (int i = 0; i < 4; i++) {
          code = code * 16 + Math.max(0, Character.digit(next(), 16));
        }
        return (char) code;
      }
      int named = "btnfr\"\\".indexOf(c);
      if (named < 0) {
        throw unexpected();
      }
      return "\b\t\n\f\r\"\\".charAt(named);
    }

    private char peek() {
      if (atEnd()) {
        throw unexpected();
      }
      return text.charAt(at);
    }

    private char next() {
      char c = peek();
      at++;
      return c;
    }

    private void take(char expected) {
      if (next() != expected) {
        throw unexpected();
      }
    }

    private EnclaveException unexpected() {
      return refused.because(Texts.NO_JSON.with());
    }
  }
}

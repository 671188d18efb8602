package dev.enclave.internal;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.internal.texts.Texts;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes text that a backend, provider, sink or file wrote fit for a message: one line, at most
 * {@link #LONGEST} characters, nothing that a terminal, a log or a look-up would act on, and no run
 * that could be a key.
 *
 * <p>What could be a key, whoever wrote it, becomes {@code [withheld]}: more than 32 hexadecimal
 * digits, dense Base64 or Base64url of 24 characters or more, 40 decimal digits, a list of 12 or
 * more bytes, 8 or more characters that cannot be printed. UUIDs stay, and names that we asked for
 * or made. A password in plain words cannot be told from a message; no rule finds it.
 */
public final class ForeignText {

  static final int LONGEST = 2000;
  static final String WITHHELD = "[withheld]";

  /** Characters of a window of Base64 in which the kinds of characters are counted. */
  private static final int WINDOW = 24;

  /** Words change kind at their ends; chance changes it at more than half of all places. */
  private static final int MOST_CHANGES = 8;

  /** A word with digits and letters of both cases is less often one of a language. */
  private static final int MOST_CHANGES_OF_A_MIXTURE = 5;

  private static final int SIGN = 3;

  /** Shorter words are no runs that could be a key, and might be parts of a list of bytes. */
  private static final int SHORTEST_WORD = 24;

  private static final int SHORTEST_PATH = 4;

  private static final Pattern SHORT_HEX = Pattern.compile("[0-9a-fA-F]{1,32}");
  private static final Pattern UUID =
      Pattern.compile("(?i)(?<![0-9a-f])[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])");
  private static final Pattern MIXTURE = Pattern.compile("^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])");
  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{33,}");
  private static final Pattern HEX_PAIRS =
      Pattern.compile("(?i)(?<![0-9a-z])(0x)?[0-9a-f]{2}([:, -]{1,2}(0x)?[0-9a-f]{2}){11,}");
  private static final Pattern BYTES =
      Pattern.compile("(?<![0-9])-?[0-9]{1,3}([,;] ?-?[0-9]{1,3}| -?[0-9]{1,3}){11,}");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{40,}");
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_=-]{" + WINDOW + ",}");
  private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]{8,}");

  /** A name in a text: where it begins, and what is behind its last character. */
  private record Span(int start, int end) {}

  private ForeignText() {}

  /** What an exception says, as it may be shown; its class if it says nothing. */
  public static String said(Throwable foreign) {
    String message = foreign.getMessage();
    return message == null ? foreign.getClass().getName() : of(message);
  }

  /**
   * A name that travels as a value of its own, such as the provider's of a key that is to be
   * destroyed. It is never guessed at, since a record without it would say of nothing what became
   * of it: whoever hands it on has checked it by the provider's grammar, or made it.
   */
  public static String name(String name) {
    return shortened(name, name);
  }

  /** The text as it may be shown. */
  public static String of(@Nullable String text) {
    return of(text, List.of());
  }

  /**
   * The text as it may be shown, with the names that it is known to quote as they are.
   *
   * @param names what we asked for or made, so that nobody else chose it
   */
  public static String of(@Nullable String text, Collection<String> names) {
    if (text == null) {
      return Texts.NO_MESSAGE.with();
    }
    String shown = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    return shortened(plain(shown) ? shown : withoutSecrets(shown, names), text);
  }

  private static String shortened(String shown, String whole) {
    boolean cut = whole.length() > LONGEST;
    return escaped(cut && shown.length() > LONGEST ? shown.substring(0, LONGEST) : shown)
        + (cut ? "…" + Texts.CHARACTERS_OF_ALL.with(whole.length()) : "");
  }

  /** A reading of a stamp as it may be shown: a backend may quote its provider. */
  public static StampReading of(StampReading stamp) {
    return stamp instanceof StampReading.Unreadable unreadable
        ? StampReading.unreadable(of(unreadable.reason()), of(unreadable.remedy()))
        : stamp;
  }

  /** Most texts have neither a long word nor anything that cannot be printed. */
  private static boolean plain(String text) {
    int word = 0;
    int digits = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
      word = c == ' ' ? 0 : word + 1;
      digits += c >= '0' && c <= '9' ? 1 : 0;
      if (word >= WINDOW || digits >= 12) {
        return false;
      }
    }
    return !HEX_PAIRS.matcher(text).find();
  }

  /**
   * Known names stay, each a word of its own, with or without a path below it. So what stands
   * before or after one is judged as if it were not there: no run that could be a key is cut in
   * two.
   */
  private static String withoutSecrets(String text, Collection<String> names) {
    List<String> known = names.stream().filter(ForeignText::worthKeeping).toList();
    StringBuilder out = new StringBuilder();
    String rest = text;
    while (!rest.isEmpty()) {
      Span name = firstName(rest, known);
      out.append(withoutSecrets(rest.substring(0, name.start())))
          .append(rest, name.start(), name.end());
      rest = rest.substring(name.end());
    }
    return out.toString();
  }

  private static boolean worthKeeping(String name) {
    boolean path = name.indexOf('/') >= 0 || name.indexOf('\\') >= 0;
    return name.length() >= (path ? SHORTEST_PATH : SHORTEST_WORD);
  }

  /** The first name in the text, the longest of those that begin there; if none, its end. */
  private static Span firstName(String text, List<String> names) {
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

  private static String withoutSecrets(String text) {
    StringBuilder out = new StringBuilder();
    Matcher uuid = UUID.matcher(text);
    int start = 0;
    while (uuid.find()) {
      out.append(masked(text.substring(start, uuid.start()))).append(uuid.group());
      start = uuid.end();
    }
    return out.append(masked(text.substring(start))).toString();
  }

  private static String masked(String text) {
    String rest = HEX.matcher(text).replaceAll(WITHHELD);
    rest = HEX_PAIRS.matcher(rest).replaceAll(WITHHELD);
    rest = DIGITS.matcher(rest).replaceAll(WITHHELD);
    rest = BYTES.matcher(rest).replaceAll(WITHHELD);
    rest = UNPRINTABLE.matcher(rest).replaceAll(WITHHELD);
    return BASE64.matcher(rest).replaceAll(m -> dense(m.group()) ? WITHHELD : "$0");
  }

  /** Whether somewhere in the word capitals, small letters and digits change as by chance. */
  private static boolean dense(String word) {
    if (SHORT_HEX.matcher(word).matches()) {
      return false;
    }
    int most = MIXTURE.matcher(word).find() ? MOST_CHANGES_OF_A_MIXTURE : MOST_CHANGES;
    int changes = 0;
    for (int i = 1; i < word.length(); i++) {
      changes += change(word, i);
      if (i >= WINDOW) {
        changes -= change(word, i - WINDOW + 1);
      }
      if (changes > most) {
        return true;
      }
    }
    return false;
  }

  private static int change(String word, int at) {
    int before = kind(word.charAt(at - 1));
    int here = kind(word.charAt(at));
    return before == here || before == SIGN || here == SIGN ? 0 : 1;
  }

  private static int kind(char c) {
    if (c >= 'a' && c <= 'z') {
      return 0;
    }
    if (c >= 'A' && c <= 'Z') {
      return 1;
    }
    return c >= '0' && c <= '9' ? 2 : SIGN;
  }

  /** Everything but printable ASCII as an escape, and the start of a look-up too. */
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean lookUp = c == '$' && i + 1 < text.length() && text.charAt(i + 1) == '{';
      if (c == '\n') {
        out.append("\\n");
      } else if (c == '\r') {
        out.append("\\r");
      } else if (c == '\t') {
        out.append("\\t");
      } else if (lookUp || !printable(c)) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Letters of any script may stay: a directory may be called so. */
  private static boolean printable(char c) {
    return (c >= ' ' && c <= '~') || (c > '~' && Character.isLetterOrDigit(c));
  }
}

package dev.enclave.gcp.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.kit.key.Decision;
import dev.enclave.kit.key.KeyMetadata;
import dev.enclave.kit.key.StoredText;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the labels of a CryptoKey say: of a key, of the record of a decision, or of the note that an
 * operation began. Written by the request that makes it and never again.
 *
 * <p>Labels take lower-case letters, digits, {@code _} and {@code -}, 63 characters at most
 * ("Labels", Resource Manager documentation). Lower-case letters, digits and {@code -} stand for
 * themselves, {@code _x} for the upper-case letter {@code X}, {@code __} for {@code _}, {@code _4}
 * and four hexadecimal digits for any other character. What is longer than a label is continued in
 * {@code name-2}, {@code name-3}, … What is written is what is read.
 */
public final class GcpLabels {

  public static final String PREFIX = "enclave-";
  public static final String STAMP = PREFIX + KeyMetadata.STAMP;

  /** So many labels a CryptoKey takes. */
  public static final int MOST = 64;

  /** On the record of a decision: of which key. */
  private static final String RECORD_OF = "enclave-activation-of";

  /** On the note that an operation began: on which key. */
  private static final String BEGUN_ON = "enclave-operation-on";

  /** On it too: the highest version before. */
  private static final String BEFORE = "enclave-versions-before";

  private static final String NUMBER = PREFIX + Decision.NUMBER;
  private static final String USED = PREFIX + Decision.USED;
  private static final String OPERATION = PREFIX + KeyMetadata.OPERATION;
  private static final String MANGLED = "\u0000";
  private static final int LONGEST = 63;
  private static final Pattern ESCAPED = Pattern.compile("_(?:([a-z_])|4([0-9a-f]{4}))");

  private GcpLabels() {}

  /** In lower case as it is, so that conditions and billing reports can name it. */
  public static String spelled(EnvironmentType stamp) {
    return stamp.name().toLowerCase(Locale.ROOT);
  }

  /** Those of a new key. */
  public static Map<String, String> of(KeyMetadata wanted) {
    return of(wanted.toTags(PREFIX, GcpLabels::spelled));
  }

  /** Those of the record of a decision; more than {@link #MOST} do not fit on one. */
  public static Map<String, String> of(KeyName name, Decision decision) {
    Map<String, String> tags = decision.toTags(PREFIX);
    tags.put(RECORD_OF, name.value());
    // The record's own name says it.
    tags.remove(NUMBER);
    return of(tags);
  }

  /** Those of the note that an operation began. */
  static Map<String, String> beginning(KeyName name, String operationId, int before) {
    String versions = Integer.toString(before);
    return of(Map.of(BEGUN_ON, name.value(), OPERATION, operationId, BEFORE, versions));
  }

  /** Those that spell a text each. */
  public static Map<String, String> of(Map<String, String> texts) {
    Map<String, String> labels = new HashMap<>();
    texts.forEach(
        (name, text) -> {
          String spelled = spelled(text);
          for (int i = 0; i * LONGEST < spelled.length() || (i == 0 && name.equals(USED)); i++) {
            int end = Math.min((i + 1) * LONGEST, spelled.length());
            labels.put(part(name, i), spelled.substring(i * LONGEST, end));
          }
        });
    return labels;
  }

  /** Their texts; of what was mangled one that nothing is. */
  public static Map<String, String> texts(Map<String, String> labels) {
    Map<String, String> texts = new HashMap<>();
    labels.keySet().forEach(name -> texts.put(name, text(labels, name)));
    return texts;
  }

  private static String text(Map<String, String> labels, String name) {
    StringBuilder spelled = new StringBuilder();
    for (int i = 0; labels.containsKey(part(name, i)); i++) {
      spelled.append(labels.get(part(name, i)));
    }
    String text = ESCAPED.matcher(spelled).replaceAll(GcpLabels::character);
    // One text has one form: what was written otherwise was not written here.
    return spelled(text).contentEquals(spelled) ? text : MANGLED;
  }

  private static String character(MatchResult escaped) {
    return Matcher.quoteReplacement(
        escaped.group(1) != null
            ? escaped.group(1).toUpperCase(Locale.ROOT)
            : Character.toString(Integer.parseInt(escaped.group(2), 16)));
  }

  private static String part(String name, int index) {
    return index == 0 ? name : name + "-" + (index + 1);
  }

  private static String spelled(String text) {
    return text.chars().mapToObj(c -> spelled((char) c)).collect(Collectors.joining());
  }

  private static String spelled(char c) {
    if (c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) {
      return Character.toString(c);
    }
    return c == '_' || (c >= 'A' && c <= 'Z')
        ? "_" + Character.toLowerCase(c)
        : String.format(Locale.ROOT, "_4%04x", (int) c);
  }

  /** What the record of a decision says; nothing if it is none of this key and number. */
  public static Optional<Decision> decision(KeyName of, int number, Map<String, String> labels) {
    Map<String, String> texts = texts(labels);
    texts.put(NUMBER, Integer.toString(number));
    return of.value().equals(texts.get(RECORD_OF)) && texts.containsKey(USED)
        ? Decision.parse(PREFIX, texts)
        : Optional.empty();
  }

  /** The highest version before an operation began; nothing if it is no note of that operation. */
  static Optional<Integer> before(KeyName name, String operationId, Map<String, String> labels) {
    Map<String, String> texts = texts(labels);
    return Optional.of(StoredText.number(texts.get(BEFORE)))
        .filter(before -> before > 0)
        .filter(before -> name.value().equals(texts.get(BEGUN_ON)))
        .filter(before -> operationId.equals(texts.get(OPERATION)));
  }
}

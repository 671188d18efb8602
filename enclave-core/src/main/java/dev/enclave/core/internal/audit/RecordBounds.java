package dev.enclave.core.internal.audit;

import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.core.internal.audit.record.AuditRecords;
import dev.enclave.crypto.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps a record within what every log takes, where the record is made: text that is too long is
 * replaced by its length and its SHA-256, so that whoever has the text can show that it is the one.
 */
final class RecordBounds {

  /** Characters; ten times the longest public key, and twice a statement of succession. */
  static final int LONGEST_TEXT = 8_192;

  /** Characters of all details together; a log refuses a record of 160,000. */
  static final int MOST_CHARS = 100_000;

  /** What the log writes before each name. */
  private static final String DETAIL = "detail.";

  private RecordBounds() {}

  /** A text that is no longer than it may be. */
  static String fit(String text) {
    return text.length() > LONGEST_TEXT ? digest(text.length() + " characters", text) : text;
  }

  /**
   * Details that are no longer than they may be. If long values are not what makes them so, members
   * with one beginning, such as {@code setting.}, are counted and hashed together.
   */
  static Map<String, String> fit(Map<String, String> details) {
    long chars = chars(details);
    if (chars <= LONGEST_TEXT) {
      return details;
    }
    SortedMap<String, String> fitting = new TreeMap<>();
    details.forEach((name, value) -> fitting.put(name, fit(value)));
    if (chars(fitting) > MOST_CHARS) {
      SortedMap<String, SortedMap<String, String>> families = new TreeMap<>();
      details.forEach(
          (name, value) ->
              families.computeIfAbsent(family(name), of -> new TreeMap<>()).put(name, value));
      families.forEach((family, members) -> together(fitting, family, members));
    }
    if (chars(fitting) > MOST_CHARS) {
      fitting.clear();
      together(fitting, "", new TreeMap<>(details));
    }
    return fitting;
  }

  private static void together(
      Map<String, String> fitting, String family, SortedMap<String, String> members) {
    if (members.size() > 1) {
      fitting.keySet().removeAll(members.keySet());
      String content = new String(AuditRecords.encode(members), StandardCharsets.UTF_8);
      fitting.put(family + "*", digest(members.size() + " members", content));
    }
  }

  /** {@code setting.} of {@code setting.enclave.backend}; the whole of a name without a dot. */
  private static String family(String name) {
    return name.substring(0, name.indexOf('.') + 1).isEmpty()
        ? name
        : name.substring(0, name.indexOf('.') + 1);
  }

  private static String digest(String what, String text) {
    byte[] utf8 = AuditRecords.wellFormed(text).getBytes(StandardCharsets.UTF_8);
    return what
        + ", SHA-256 "
        + Hashing.digest(DigestAlgorithm.SHA_256, Message.of(utf8)).value().toHex();
  }

  private static long chars(Map<String, String> details) {
    long chars = 0;
    for (Map.Entry<String, String> detail : details.entrySet()) {
      chars += DETAIL.length() + detail.getKey().length() + detail.getValue().length();
    }
    return chars;
  }
}

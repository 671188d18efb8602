package dev.enclave.internal;

import dev.enclave.Message;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The texts that Enclave itself signs: a first line that all of them share, then their kind, then
 * what they state, each on a line of its own, every line ended by LF. No caller signs a text that
 * begins so, nor one that begins as a checkpoint of an audit log does.
 */
public final class StatementText {

  /** What a statement is on. */
  public enum Kind {
    FALLBACK_ENDORSEMENT,
    SUCCESSION,
    MIGRATION,
    MIGRATION_PLAN,
    MIGRATION_DESTRUCTION;

    /** The second line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What the names of audit logs begin with, and so the texts of their checkpoints. */
  public static final String CHECKPOINT = "enclave-audit/";

  /** What the names of statement keys begin with; the environment type follows. */
  public static final String KEYS = "enclave-statements-";

  private static final String STATEMENT = "enclave-statement-";
  private static final String FIRST = STATEMENT + "v1";
  private static final List<byte[]> RESERVED = List.of(ascii(STATEMENT), ascii(CHECKPOINT));

  /** So many bytes of a text show whether it begins so. */
  public static final int LONGEST_RESERVED = STATEMENT.length();

  /** As clouds write it into their own names of keys: last, or before a version. */
  private static final Pattern KEY_OF_A_CLOUD =
      Pattern.compile("(?:^|.*[/:])" + KEYS + "[a-z]+(?:[/#].*)?");

  private StatementText() {}

  /** Whether a provider's own name of a key tells that it is a statement key. */
  public static boolean namesKey(String providerUri) {
    return KEY_OF_A_CLOUD.matcher(providerUri).matches();
  }

  /**
   * A statement.
   *
   * @throws IllegalArgumentException when a value has an LF, since it would state something else
   */
  public static Message of(Kind kind, String... values) {
    StringBuilder text = new StringBuilder(FIRST).append('\n').append(kind).append('\n');
    for (String value : values) {
      if (value.indexOf('\n') >= 0) {
        throw new IllegalArgumentException("a value of a statement has more than one line");
      }
      text.append(value).append('\n');
    }
    return Message.ofUtf8(text.toString());
  }

  /** Whether a text begins with these bytes as no text of a caller's may. */
  public static boolean isReserved(Message message) {
    return isReserved(message.first(LONGEST_RESERVED));
  }

  /** Whether bytes begin as no text of a caller's may. */
  public static boolean isReserved(byte[] text) {
    return RESERVED.stream()
        .anyMatch(
            begin ->
                text.length >= begin.length
                    && Arrays.equals(text, 0, begin.length, begin, 0, begin.length));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The name of a key within its backend: {@code [a-z][a-z0-9-]{0,51}}, the strictest grammar of all
 * providers, so that a name valid here is valid everywhere. Case is never folded: an upper-case
 * letter is refused.
 *
 * @param value the name, such as {@code wallet-42}
 */
public record KeyName(String value) implements Comparable<KeyName> {

  private static final Pattern GRAMMAR = Pattern.compile("[a-z][a-z0-9-]{0,51}");

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_NAME}) when {@code value} breaks the grammar
   */
  public KeyName {
    Objects.requireNonNull(value, "value");
    if (!GRAMMAR.matcher(value).matches()) {
      throw Texts.KEY_NAME_WRONG.as(ErrorCode.INVALID_NAME, Quoted.of(value));
    }
  }

  /** Same as the constructor; reads better at a call site. */
  public static KeyName of(String value) {
    return new KeyName(value);
  }

  @Override
  public int compareTo(KeyName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

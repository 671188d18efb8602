package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The backend's id of one key version: {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}. Opaque and
 * case-sensitive; it says nothing about age, so order versions by {@link KeyInfo#versions()}.
 *
 * @param value the id, such as {@code 1} or {@code 7f3c…}
 */
public record KeyVersionId(String value) {

  private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_NAME}) when {@code value} breaks the grammar
   */
  public KeyVersionId {
    Objects.requireNonNull(value, "value");
    if (!GRAMMAR.matcher(value).matches()) {
      throw Texts.VERSION_ID_WRONG.as(ErrorCode.INVALID_NAME, Quoted.of(value));
    }
  }

  /** Same as the constructor; reads better at a call site. */
  public static KeyVersionId of(String value) {
    return new KeyVersionId(value);
  }

  @Override
  public String toString() {
    return value;
  }
}

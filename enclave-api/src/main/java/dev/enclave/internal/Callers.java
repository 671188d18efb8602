package dev.enclave.internal;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;

/** The rule for a caller's name in the audit log. */
public final class Callers {

  private static final int LONGEST = 128;

  private Callers() {}

  public static String requireValid(String caller) {
    return requireText(caller, "Caller ", " cannot be audited", "user:7");
  }

  /** The same rule for what a caller calls an operation. */
  public static String requireIdempotencyKey(String key) {
    return requireText(key, "Idempotency key ", " cannot be stored", "order-991");
  }

  private static String requireText(String text, String what, String cannot, String example) {
    if (text.isBlank()
        || text.length() > LONGEST
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          what
              + Quoted.of(text)
              + cannot
              + ". Use 1 to 128 characters without control characters, for example "
              + example
              + ".");
    }
    return text;
  }
}

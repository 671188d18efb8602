package dev.enclave.internal;

import dev.enclave.error.ErrorCode;
import dev.enclave.internal.texts.Texts;

/** The rule for a caller's name in the audit log. */
public final class Callers {

  private static final int LONGEST = 128;

  private Callers() {}

  public static String requireValid(String caller) {
    if (isWrong(caller)) {
      throw Texts.CALLER_WRONG.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(caller));
    }
    return caller;
  }

  /** The same rule for what a caller calls an operation. */
  public static String requireIdempotencyKey(String key) {
    if (isWrong(key)) {
      throw Texts.IDEMPOTENCY_KEY_WRONG.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(key));
    }
    return key;
  }

  private static boolean isWrong(String text) {
    return text.isBlank()
        || text.length() > LONGEST
        || text.chars().anyMatch(Character::isISOControl);
  }
}

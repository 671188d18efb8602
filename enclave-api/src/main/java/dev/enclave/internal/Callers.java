package dev.enclave.internal;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;

/** The rule for a caller's name in the audit log. */
public final class Callers {

  private static final int LONGEST = 128;

  private Callers() {}

  public static String requireValid(String caller) {
    if (caller.isBlank()
        || caller.length() > LONGEST
        || caller.chars().anyMatch(Character::isISOControl)) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "Caller "
              + Quoted.of(caller)
              + " cannot be audited. Use 1 to 128 characters without control characters, for"
              + " example user:7.");
    }
    return caller;
  }
}

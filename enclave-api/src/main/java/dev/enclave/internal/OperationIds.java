package dev.enclave.internal;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.regex.Pattern;

/** The rule for the id of an operation: fit for a provider's tag and for a log. */
public final class OperationIds {

  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9-]{1,64}");

  private OperationIds() {}

  public static String requireValid(String operationId) {
    if (!VALID.matcher(operationId).matches()) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "Operation id "
              + Quoted.of(operationId)
              + " is not understood. Use 1 to 64 of the characters A-Z, a-z, 0-9 and -, such as a"
              + " random UUID.");
    }
    return operationId;
  }
}

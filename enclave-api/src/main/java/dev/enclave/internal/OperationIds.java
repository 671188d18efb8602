package dev.enclave.internal;

import dev.enclave.error.ErrorCode;
import dev.enclave.internal.texts.Texts;
import java.util.regex.Pattern;

/** The rule for the id of an operation: fit for a provider's tag and for a log. */
public final class OperationIds {

  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9-]{1,64}");

  private OperationIds() {}

  public static String requireValid(String operationId) {
    if (!VALID.matcher(operationId).matches()) {
      throw Texts.OPERATION_ID_WRONG.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(operationId));
    }
    return operationId;
  }
}

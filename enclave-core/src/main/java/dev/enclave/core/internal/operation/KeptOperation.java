package dev.enclave.core.internal.operation;

import dev.enclave.KeyName;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;

/**
 * An operation that can be kept and run later, by whichever process: what is to be done, with which
 * key, on whose behalf, and under which id. A repetition under the same id does what changes
 * something once.
 *
 * @param operationId joins its records, and names it to the provider
 */
public record KeptOperation<R>(
    String operationId, String caller, KeyName key, KeyOperation<?, R> operation) {

  /**
   * Keeps an operation.
   *
   * @throws UsageException ({@link ErrorCode#UNSUPPORTED_OPERATION}) for one that holds or results
   *     in a secret
   */
  public KeptOperation {
    if (operation.secret()) {
      throw Texts.NOT_KEPT_FOR_LATER.as(ErrorCode.UNSUPPORTED_OPERATION, operation.kind());
    }
  }

  /** Runs it. */
  public R run(Operations operations) {
    return operations.under(operationId, caller).named(key).run(operation);
  }
}

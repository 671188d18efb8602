package dev.enclave.error;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A failure of category {@link ErrorCategory#CONNECTIVITY}: the backend does not answer, or asks to
 * wait.
 */
public final class ConnectivityException extends EnclaveException {

  private static final long serialVersionUID = 1L;

  /**
   * @param code a code of category {@link ErrorCategory#CONNECTIVITY}
   * @param message what was observed and what to do, without secrets
   * @param retryable whether the same call may succeed later
   * @param retryAt when, if known
   */
  public ConnectivityException(
      ErrorCode code, String message, boolean retryable, @Nullable Instant retryAt) {
    super(code, message, retryable, retryAt);
  }
}

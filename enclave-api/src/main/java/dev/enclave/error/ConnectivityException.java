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
    this(code, message, null, retryable, retryAt);
  }

  /**
   * The same, with what to do as a part of its own.
   *
   * @param observed what was seen, as sentences
   * @param advice what to do, as sentences
   */
  public ConnectivityException(
      ErrorCode code,
      String observed,
      @Nullable String advice,
      boolean retryable,
      @Nullable Instant retryAt) {
    super(code, observed, advice, retryable, retryAt);
  }
}

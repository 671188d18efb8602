package dev.enclave.error;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A failure of category {@link ErrorCategory#PROVIDER}: the provider refused, or left the outcome
 * open.
 */
public final class ProviderFailureException extends EnclaveException {

  private static final long serialVersionUID = 1L;

  /**
   * @param code a code of category {@link ErrorCategory#PROVIDER}
   * @param message what was observed and what to do, without secrets
   * @param retryable whether the same call may succeed later
   * @param retryAt when, if known
   */
  public ProviderFailureException(
      ErrorCode code, String message, boolean retryable, @Nullable Instant retryAt) {
    super(code, message, null, retryable, retryAt);
  }

  /**
   * The same, with what to do as a part of its own.
   *
   * @param observed what was seen, as sentences
   * @param advice what to do, as sentences
   */
  public ProviderFailureException(
      ErrorCode code,
      String observed,
      @Nullable String advice,
      boolean retryable,
      @Nullable Instant retryAt) {
    super(code, observed, advice, retryable, retryAt);
  }
}

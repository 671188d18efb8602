package dev.enclave.error;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure of category {@link ErrorCategory#CONNECTIVITY}: the backend does not answer, or asks to
 * wait.
 */
public final class ConnectivityException extends EnclaveException {

  private static final long serialVersionUID = 1L;

  private final @Nullable String ticket;

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
    this.ticket = null;
  }

  private ConnectivityException(String message, Instant estimate, String ticket) {
    super(ErrorCode.DEFERRED, message, null, false, estimate);
    this.ticket = ticket;
  }

  /**
   * For an operation that was deferred. It is not to be called again: the ticket is.
   *
   * @param message what was observed and what to do, without secrets
   * @param ticket the ticket's id
   * @param estimate when it is tried next
   */
  public static ConnectivityException deferred(String message, String ticket, Instant estimate) {
    return new ConnectivityException(message, estimate, ticket);
  }

  /** With {@link ErrorCode#DEFERRED}, the id of the ticket. */
  public Optional<String> ticket() {
    return Optional.ofNullable(ticket);
  }
}

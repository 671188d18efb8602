package dev.enclave.error;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of everything Enclave throws, but for null arguments. Unchecked. One subtype per {@link
 * ErrorCategory}.
 *
 * <p>The message says what was observed and what to do; it never holds key material. The cause is
 * never a provider's own exception, since those may quote requests.
 */
public abstract sealed class EnclaveException extends RuntimeException
    permits ConfigurationException,
        ConnectivityException,
        IntegrityException,
        PolicyException,
        ProviderFailureException,
        UsageException {

  private static final long serialVersionUID = 1L;

  private final String observed;
  private final @Nullable String advice;
  private final ErrorCode code;
  private final boolean retryable;
  private final transient @Nullable Instant retryAt;

  EnclaveException(
      ErrorCode code,
      String observed,
      @Nullable String advice,
      boolean retryable,
      @Nullable Instant retryAt) {
    super(observed);
    this.observed = observed;
    this.advice = advice;
    if (code.category() != categoryOf(this)) {
      throw new IllegalArgumentException(code + " is not a code of " + getClass().getSimpleName());
    }
    this.code = code;
    this.retryable = retryable;
    this.retryAt = retryAt;
  }

  /** The exception of {@code code}'s category. */
  public static EnclaveException of(ErrorCode code, String message) {
    return switch (code.category()) {
      case USAGE -> new UsageException(code, message);
      case CONFIGURATION -> new ConfigurationException(code, message);
      case POLICY -> new PolicyException(code, message);
      case CONNECTIVITY -> new ConnectivityException(code, message, true, null);
      case PROVIDER -> new ProviderFailureException(code, message, false, null);
      case INTEGRITY -> new IntegrityException(code, message);
    };
  }

  /**
   * The same, with what to do as a part of its own.
   *
   * @param observed what was seen, as sentences
   * @param advice what to do, as sentences
   */
  public static EnclaveException of(ErrorCode code, String observed, String advice) {
    return switch (code.category()) {
      case USAGE -> new UsageException(code, observed, advice);
      case CONFIGURATION -> new ConfigurationException(code, observed, advice);
      case POLICY -> new PolicyException(code, observed, advice);
      case CONNECTIVITY -> new ConnectivityException(code, observed, advice, true, null);
      case PROVIDER -> new ProviderFailureException(code, observed, advice, false, null);
      case INTEGRITY -> new IntegrityException(code, observed, advice);
    };
  }

  private static ErrorCategory categoryOf(EnclaveException e) {
    if (e instanceof UsageException) {
      return ErrorCategory.USAGE;
    } else if (e instanceof ConfigurationException) {
      return ErrorCategory.CONFIGURATION;
    } else if (e instanceof PolicyException) {
      return ErrorCategory.POLICY;
    } else if (e instanceof ConnectivityException) {
      return ErrorCategory.CONNECTIVITY;
    } else if (e instanceof ProviderFailureException) {
      return ErrorCategory.PROVIDER;
    }
    return ErrorCategory.INTEGRITY;
  }

  /** What was observed and what to do. */
  @Override
  public String getMessage() {
    return advice == null ? observed : observed + " " + advice;
  }

  /** What was observed: the message without the advice, if that is a part of its own. */
  public String observed() {
    return observed;
  }

  /** What to do, as sentences; nothing where the message alone says it. */
  public Optional<String> advice() {
    return Optional.ofNullable(advice);
  }

  /** The stable code. */
  public ErrorCode code() {
    return code;
  }

  /** Who has to act. */
  public ErrorCategory category() {
    return code.category();
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  public boolean retryable() {
    return retryable;
  }

  /**
   * When a retry is worth while: not before the provider, the breaker and the engine's own pause
   * allow it. Differs from caller to caller, so that they do not all come back at once.
   */
  public Optional<Instant> retryAt() {
    return Optional.ofNullable(retryAt);
  }
}

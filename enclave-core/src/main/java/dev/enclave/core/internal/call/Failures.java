package dev.enclave.core.internal.call;

import dev.enclave.BackendId;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.ProviderFailureException;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From a backend's failure to what the application catches. */
public final class Failures {

  private Failures() {}

  static EnclaveException translate(
      BackendId backend,
      RetryingCaller.Plan plan,
      BackendFailure failure,
      int attempts,
      Optional<Instant> retryAt) {
    String message =
        attempts > 1
            ? Texts.COULD_NOT_IN_ATTEMPTS.with(backend, plan.toDo(), attempts, observed(failure))
            : Texts.COULD_NOT.with(backend, plan.toDo(), observed(failure));
    String advice = advice(failure);
    ErrorCode code = codeOf(failure.code());
    boolean retryable = failure.failureClass() != FailureClass.PERMANENT;
    if (code.category() == ErrorCategory.CONNECTIVITY) {
      return new ConnectivityException(code, message, advice, retryable, retryAt.orElse(null));
    }
    if (code.category() == ErrorCategory.PROVIDER) {
      return new ProviderFailureException(code, message, advice, retryable, retryAt.orElse(null));
    }
    return of(code, message, advice);
  }

  private static EnclaveException of(ErrorCode code, String observed, @Nullable String advice) {
    return advice == null
        ? EnclaveException.of(code, observed)
        : EnclaveException.of(code, observed, advice);
  }

  /** Without the advice, if that is a part of its own. */
  static String observed(BackendFailure failure) {
    return shown(failure)
        + failure
            .providerRequestId()
            .map(id -> Texts.PROVIDER_REQUEST.with(ForeignText.of(id)))
            .orElse("");
  }

  private static String shown(BackendFailure failure) {
    return ForeignText.of(failure.observed(), failure.names());
  }

  private static @Nullable String advice(BackendFailure failure) {
    return failure.advice().map(said -> ForeignText.of(said, failure.names())).orElse(null);
  }

  /** The same by what the backend said of it last, and what it said to do. */
  static EnclaveException outcomeUnknown(
      BackendId backend, RetryingCaller.Plan plan, BackendFailure failure) {
    return of(
        ErrorCode.OUTCOME_UNKNOWN,
        outcomeUnknown(backend, plan, observed(failure)).getMessage(),
        advice(failure));
  }

  /** For a change of which nobody can say whether it was carried out. */
  static EnclaveException outcomeUnknown(
      BackendId backend, RetryingCaller.Plan plan, String observed) {
    return (observed.endsWith(".") ? Texts.OUTCOME_UNKNOWN : Texts.OUTCOME_UNKNOWN_STOPPED)
        .as(ErrorCode.OUTCOME_UNKNOWN, backend, plan.toDo(), observed);
  }

  /** For a failure while opening the backend, before there is anything to call. */
  public static EnclaveException whileOpening(BackendId backend, BackendFailure failure) {
    return whileOpening(backend, failure, 1);
  }

  /** The same after several attempts. */
  static EnclaveException whileOpening(BackendId backend, BackendFailure failure, int attempts) {
    return of(
        codeOf(failure.code()),
        attempts > 1
            ? Texts.NOT_OPENED_IN_ATTEMPTS.with(backend, attempts, shown(failure))
            : Texts.NOT_OPENED.with(backend, shown(failure)),
        advice(failure));
  }

  private static ErrorCode codeOf(FailureCode code) {
    return switch (code) {
      case NOT_FOUND -> ErrorCode.KEY_NOT_FOUND;
      case ALREADY_EXISTS -> ErrorCode.KEY_ALREADY_EXISTS;
      case CONFLICT -> ErrorCode.ROTATION_CONFLICT;
      case INVALID_STATE -> ErrorCode.KEY_NOT_ACTIVE;
      case UNSUPPORTED -> ErrorCode.UNSUPPORTED_OPERATION;
      case ACCESS_DENIED -> ErrorCode.ACCESS_DENIED;
      case LIMIT_EXCEEDED -> ErrorCode.PROVIDER_LIMIT;
      case THROTTLED -> ErrorCode.THROTTLED;
      case UNAVAILABLE -> ErrorCode.BACKEND_UNAVAILABLE;
      case TIMEOUT -> ErrorCode.DEADLINE_EXCEEDED;
      case LOCAL_LOAD -> ErrorCode.LOCAL_LOAD;
      case CORRUPT -> ErrorCode.KEY_DATA_CORRUPT;
      case STAMP_MISMATCH -> ErrorCode.STAMP_MISMATCH;
      case STAMP_UNREADABLE -> ErrorCode.STAMP_UNREADABLE;
      case REFUSED -> ErrorCode.POLICY_NOT_MET;
      case MISCONFIGURED -> ErrorCode.CONFIGURATION_INVALID_VALUE;
      case REJECTED -> ErrorCode.PROVIDER_REJECTED;
      case CLOSED -> ErrorCode.CLOSED;
    };
  }
}

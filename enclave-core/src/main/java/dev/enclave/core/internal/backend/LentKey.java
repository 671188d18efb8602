package dev.enclave.core.internal.backend;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SealedBytes;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyIdentity;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SealOperation;
import dev.enclave.core.internal.use.SealedFor;
import dev.enclave.core.internal.use.UnsealOperation;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.KeyEncryptionKey;
import java.time.Duration;

/**
 * A wrapping key in the hands of another backend. Each call is one attempt: the borrower's
 * operation is repeated as a whole, and two that repeat each other would multiply the requests.
 *
 * @param first the reading with which it was lent
 */
record LentKey(Operations operations, CachedKey slot, KeyReading first, BackendId borrower)
    implements KeyEncryptionKey {

  /** On whose behalf the audit log says that the key is used. */
  static String caller(BackendId borrower) {
    return "backend:" + borrower;
  }

  @Override
  public KeyHandle handle() {
    return first.handle();
  }

  @Override
  public KeyVersionId activeVersion() {
    return active().id();
  }

  @Override
  public KeyVersionId activeVersion(CallContext call) throws BackendFailure {
    CallTrace trace = operations.newTrace();
    trace.partOf(call.attempt());
    try {
      return slot.fresh(trace, Deadline.in(within(call), operations.time())).requireActive().id();
    } catch (EnclaveException e) {
      throw failure(e, FailureCode.REJECTED, operations.time());
    }
  }

  @Override
  public Assurance assurance() {
    return active().assurance();
  }

  private KeyVersion active() {
    KeyReading newest = slot.newest().orElse(first);
    return newest.snapshot().active().or(() -> first.snapshot().active()).orElseThrow();
  }

  @Override
  public SealedBytes seal(byte[] plaintext, byte[] associatedData, CallContext call)
      throws BackendFailure {
    try {
      return operations
          .by(caller(borrower))
          .partOf(call.attempt())
          .on(slot)
          .run(new SealOperation(plaintext, user(), associatedData, within(call)));
    } catch (EnclaveException e) {
      throw failure(e, FailureCode.REJECTED, operations.time());
    }
  }

  @Override
  public byte[] unseal(SealedBytes box, byte[] associatedData, CallContext call)
      throws BackendFailure {
    if (!KeyIdentity.same(handle(), box.kek())) {
      throw Texts.SEALED_BY_ANOTHER.permanent(FailureCode.REJECTED, box.kek(), handle());
    }
    try {
      return operations
          .by(caller(borrower))
          .partOf(call.attempt())
          .on(slot)
          .run(new UnsealOperation(box, user(), associatedData, within(call)));
    } catch (EnclaveException e) {
      throw failure(e, FailureCode.REJECTED, operations.time());
    }
  }

  private SealedFor user() {
    return SealedFor.backend(borrower);
  }

  /** What is left of the borrower's time, and no more than a use of the key takes. */
  private static Duration within(CallContext call) {
    Duration left = call.remaining();
    return left.compareTo(RetryingCaller.SIGN_WITHIN) < 0 ? left : RetryingCaller.SIGN_WITHIN;
  }

  /**
   * A failure of the key as the borrower's own.
   *
   * @param otherwise for what would be taken for a word on the borrower's keys
   */
  static BackendFailure failure(EnclaveException e, FailureCode otherwise, TimeSource time) {
    BackendFailure failure = withoutAdvice(e, otherwise, time);
    return e.advice().map(failure::advising).orElse(failure);
  }

  private static BackendFailure withoutAdvice(
      EnclaveException e, FailureCode otherwise, TimeSource time) {
    if (e.code() == ErrorCode.THROTTLED) {
      return BackendFailure.throttled(
          e.observed(), e.retryAt().map(at -> Duration.between(time.now(), at)));
    }
    FailureCode code = code(e, otherwise);
    return e.retryable()
        ? BackendFailure.transientFailure(code, e.observed())
        : BackendFailure.permanent(code, e.observed());
  }

  private static FailureCode code(EnclaveException e, FailureCode otherwise) {
    return switch (e.code()) {
      case DEADLINE_EXCEEDED -> FailureCode.TIMEOUT;
      case LOCAL_LOAD -> FailureCode.LOCAL_LOAD;
      case ACCESS_DENIED -> FailureCode.ACCESS_DENIED;
      case PROVIDER_LIMIT -> FailureCode.LIMIT_EXCEEDED;
      case SEALED_DATA_CORRUPT -> FailureCode.CORRUPT;
      case CLOSED -> FailureCode.CLOSED;
      default ->
          switch (e.code().category()) {
            case CONNECTIVITY -> FailureCode.UNAVAILABLE;
            case POLICY -> FailureCode.REFUSED;
            default -> otherwise;
          };
    };
  }
}

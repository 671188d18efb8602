package dev.enclave.core.internal.deferral;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.SealedBytes;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyIdentity;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.lifecycle.CreateOperation;
import dev.enclave.core.internal.lifecycle.RotateOperation;
import dev.enclave.core.internal.operation.KeptOperation;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SealOperation;
import dev.enclave.core.internal.use.SealedFor;
import dev.enclave.core.internal.use.UnsealOperation;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.internal.OperationIds;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.Unexpected;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.deferral.Attempt;
import dev.enclave.spi.deferral.DeferralContext;
import dev.enclave.spi.deferral.StoredOperation;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the engine does for a queue of deferred operations. Thread-safe.
 *
 * @param kek the key under which the queue's own key is wrapped
 * @param settings of the section {@code enclave.jobs}
 */
public record EngineDeferrals(
    Operations operations,
    KeyDirectory keys,
    EnvironmentType environment,
    SecureRandom random,
    KeyName kek,
    Function<String, Optional<String>> settings)
    implements DeferralContext {

  /** On whose behalf the queue's own key is used. */
  private static final String QUEUE = "enclave-jobs";

  @Override
  public Optional<String> setting(String name) {
    return settings.apply(name);
  }

  @Override
  public TimeSource time() {
    return operations.time();
  }

  @Override
  public byte[] seal(byte[] plaintext, byte[] associatedData) {
    return ofKek().run(new SealOperation(plaintext, SealedFor.QUEUE, associatedData)).toByteArray();
  }

  @Override
  public byte[] unseal(byte[] sealed, byte[] associatedData) {
    SealedBytes box = SealedBytes.parse(sealed);
    OperationRun run = ofKek();
    requireKek(run.slot(), box.kek());
    return run.run(new UnsealOperation(box, SealedFor.QUEUE, associatedData));
  }

  private OperationRun ofKek() {
    CachedKey slot = keys.slot(kek);
    keys.read(slot, QUEUE);
    return operations.by(QUEUE).on(slot);
  }

  /** A box that names another KEK was put there by somebody else. */
  private void requireKek(CachedKey slot, KeyHandle named) {
    KeyHandle expected = slot.newest().orElseThrow().handle();
    if (!KeyIdentity.same(expected, named)) {
      throw Texts.KEK_OF_JOBS_CHANGED.as(ErrorCode.DEFERRED_OPERATION_CORRUPT, named, expected);
    }
  }

  @Override
  public Attempt attempt(StoredOperation operation) {
    try {
      return new Attempt.Done(
          switch (operation.kind()) {
            case SIGN ->
                run(operation, byHandle(operation, StoredText.parseSignature(operation.content())))
                    .toString();
            case CREATE -> created(operation).entry().handle().toString();
            case ROTATE ->
                run(
                        operation,
                        byHandle(
                            operation,
                            new RotateOperation(StoredText.parseRotation(operation.content()))))
                    .active()
                    .id()
                    .toString();
          });
    } catch (RuntimeException e) {
      EnclaveException failure = Unexpected.of(e);
      return passes(failure, operation.kind())
          ? new Attempt.Later(failure.code(), failure.retryAt())
          : new Attempt.Failed(failure.code());
    }
  }

  private <R> R run(StoredOperation kept, KeyOperation<?, R> operation) {
    return new KeptOperation<>(kept.ticket(), kept.caller(), kept.name(), operation)
        .run(operations);
  }

  private static <P, R> KeyOperation<P, R> byHandle(
      StoredOperation kept, KeyOperation<P, R> operation) {
    return new ByHandle<>(KeyHandle.parse(kept.key()), operation);
  }

  private KeyDirectory.Found created(StoredOperation kept) {
    KeySpec<?> spec = StoredText.parseCreation(kept.name(), kept.content());
    return run(kept, new CreateOperation(spec, false));
  }

  /** What an operator mends, or another replica does not have, is no answer to the operation. */
  private static boolean passes(EnclaveException failure, Ticket.Kind kind) {
    return mayPass(failure, kind)
        || failure.code() == ErrorCode.CLOSED
        || failure.code() == ErrorCode.AUDIT_UNAVAILABLE;
  }

  /** A change is repeated under its operation id, which makes it one change. */
  static boolean mayPass(EnclaveException failure, Ticket.Kind kind) {
    boolean unsettled = failure.code() == ErrorCode.OUTCOME_UNKNOWN && kind != Ticket.Kind.SIGN;
    return failure.retryable() || unsettled;
  }

  @Override
  public void ended(StoredOperation operation, Ticket.Status status) {
    operations
        .under(operation.ticket(), operation.caller())
        .named(operation.name())
        .run(
            Operation.DEFER,
            RetryingCaller.SIGN_WITHIN,
            run -> status,
            (ended, run) -> {
              run.details(Map.of("ticket", operation.ticket(), "status", ended.name()));
              return ended;
            });
  }

  @Override
  public void refused(String ticket, String observed) {
    OperationRun run = recordOf(ticket);
    EnclaveException refusal =
        run.refuse(
            Operation.DEFER,
            new IntegrityException(ErrorCode.DEFERRED_OPERATION_CORRUPT, observed));
    System.getLogger("dev.enclave")
        .log(
            System.Logger.Level.ERROR,
            Texts.STORED_OPERATION_REFUSED.with(Quoted.of(ticket), refusal.getMessage()));
  }

  /** Whoever wrote the row may have written anything for an id. */
  private OperationRun recordOf(String ticket) {
    try {
      return operations.under(OperationIds.requireValid(ticket), QUEUE);
    } catch (EnclaveException e) {
      return operations.by(QUEUE);
    }
  }

  /**
   * An operation with the key that a handle names, and with no other that has taken its name since.
   */
  private record ByHandle<P, R>(KeyHandle handle, KeyOperation<P, R> operation)
      implements KeyOperation<P, R> {

    @Override
    public Operation kind() {
      return operation.kind();
    }

    @Override
    public Duration within() {
      return operation.within();
    }

    @Override
    public boolean secret() {
      return operation.secret();
    }

    @Override
    public P prepare(OperationRun run) {
      ReservedNames.requireFree(handle.name());
      CachedKey slot = run.keys().slot(handle);
      run.on(slot);
      KeyDirectory.requireFingerprint(
          slot.current(run.trace(), run.deadline()), handle.fingerprint());
      return operation.prepare(run);
    }

    @Override
    public R carryOut(P prepared, OperationRun run) {
      return operation.carryOut(prepared, run);
    }

    @Override
    public void withhold(R result) {
      operation.withhold(result);
    }
  }
}

package dev.enclave.core.internal.operation;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.call.RetryingCaller.Attempt;
import dev.enclave.core.internal.call.RetryingCaller.Plan;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.KeyRules;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.observation.ObservedCall;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One operation on its way: prepared, or refused; its intent recorded; carried out; its outcome
 * recorded; observed. Every operation of the engine goes this way. Used by one thread, once.
 */
public final class OperationRun {

  private final Operations operations;
  private final String caller;
  private final CallTrace trace;
  private @Nullable KeyName key;
  private @Nullable OpenBackend backend;
  private @Nullable CachedKey slot;
  private @Nullable KeyVersionId version;
  private AuditTrail.@Nullable OperationRecord entry;
  private @Nullable Operation kind;
  private @Nullable Operation failing;
  private @Nullable Deadline deadline;
  private Map<String, String> details = Map.of();
  private Map<String, String> archived = Map.of();
  private Runnable ending = () -> {};
  private boolean done;
  private boolean handedOver;
  private Optional<ErrorCode> unrecorded = Optional.empty();

  OperationRun(Operations operations, String caller, CallTrace trace) {
    this.operations = operations;
    this.caller = caller;
    this.trace = trace;
  }

  /** Another operation for the same caller, with a record of its own. */
  public OperationRun another(CachedKey on) {
    return operations.by(caller).on(on);
  }

  /** As a part of one attempt of another operation, which repeats it. */
  public OperationRun partOf(int attempt) {
    trace.partOf(attempt);
    return this;
  }

  /** On the key in {@code newSlot}. */
  public OperationRun on(CachedKey newSlot) {
    slot = newSlot;
    key = newSlot.name();
    backend = newSlot.backend();
    return this;
  }

  /** On no key, in a backend. */
  public OperationRun in(OpenBackend newBackend) {
    backend = newBackend;
    return this;
  }

  /** On no key, in the backend that was chosen. */
  public OperationRun inResolved() {
    return in(keys().resolved());
  }

  /** On a key of this name, wherever it is. */
  public OperationRun named(KeyName name) {
    key = name;
    return this;
  }

  /** The slot of the key, which is found by its name if nobody has found it yet. */
  public CachedKey slot() {
    if (slot == null) {
      on(keys().slot(Objects.requireNonNull(key)));
    }
    return Objects.requireNonNull(slot);
  }

  /** A new reading of the key. */
  public KeyReading fresh() {
    return slot().fresh(trace, deadline());
  }

  /** A new reading of a key that the policy allows and that is not managed by something else. */
  public KeyReading ours() {
    KeyReading entry = fresh().requireUsable();
    entry.requireOurs();
    return entry;
  }

  /** The backend, which is the key's. */
  public OpenBackend backend() {
    return backend == null ? slot().backend() : backend;
  }

  /** From names and handles to keys. */
  public KeyDirectory keys() {
    return operations.keys();
  }

  public KeyRules rules() {
    return operations.rules();
  }

  public TimeSource time() {
    return operations.time();
  }

  public SecureRandom random() {
    return operations.random();
  }

  /** What the audit log can be asked; it alone records in it. */
  public AuditTrail log() {
    return operations.log();
  }

  /** For what this operation needs that is done by operations of its own. */
  public Operations operations() {
    return operations;
  }

  public String caller() {
    return caller;
  }

  /** What its attempts leave. */
  public CallTrace trace() {
    return trace;
  }

  /** The end of all its steps together. */
  public Deadline deadline() {
    return Objects.requireNonNull(deadline);
  }

  /** Names the version that is used, as soon as it is known and whenever it becomes another. */
  public void version(KeyVersionId id) {
    version = id;
    if (entry != null) {
      entry.version(id);
    }
  }

  /** What the audit log says of it, if it succeeds, beside what it says of every operation. */
  public void details(Map<String, String> more) {
    details = more;
  }

  /**
   * What the audit log is to have for good before anything is asked for; else nothing is. Called
   * while the operation is prepared.
   */
  public void archive(Map<String, String> kept) {
    archived = kept;
  }

  /** Has this done when the operation ends, however it does: for the secrets that it holds. */
  public void atEnd(Runnable closing) {
    Runnable before = ending;
    ending =
        () -> {
          closing.run();
          before.run();
        };
  }

  /** A request that changes nothing, for what asks the backend itself. */
  public Plan toRead(String toDo) {
    return plan(toDo, false, settling());
  }

  /**
   * Asks the backend, which changes nothing.
   *
   * @param toDo for messages, such as {@code sign with key wallet-42}
   */
  public <T> T ask(String toDo, Attempt<T> attempt) {
    return ask(backend(), toDo, attempt);
  }

  /** Asks another backend than the key's. */
  public <T> T ask(OpenBackend of, String toDo, Attempt<T> attempt) {
    return of.caller().call(toRead(toDo), attempt);
  }

  /** Has the backend change something. */
  public <T> T change(String toDo, Attempt<T> attempt) {
    return change(toDo, settling(), attempt);
  }

  /** As the other, of which NOT_FOUND may mean that our own write is not visible yet. */
  public <T> T change(String toDo, boolean justWritten, Attempt<T> attempt) {
    return backend().caller().call(plan(toDo, true, justWritten), attempt);
  }

  private boolean settling() {
    return slot != null && slot.settling();
  }

  private Plan plan(String toDo, boolean changes, boolean justWritten) {
    return new Plan(toDo, trace, deadline().remaining(), changes, justWritten);
  }

  /**
   * Carries an operation out.
   *
   * @throws EnclaveException as the operation, or as the audit log, whose records it needs
   */
  public <P, R> R run(KeyOperation<P, R> operation) {
    begin(operation.kind(), operation.within());
    try {
      return carriedOut(operation, checked(operation));
    } finally {
      ending.run();
      observe();
    }
  }

  /**
   * Carries out what holds no secret and results in none.
   *
   * @param preparing as {@link KeyOperation#prepare}
   * @param carryingOut as {@link KeyOperation#carryOut}
   * @throws EnclaveException as {@link #run(KeyOperation)}
   */
  public <P, R> R run(
      Operation does,
      Duration within,
      Function<OperationRun, P> preparing,
      BiFunction<P, OperationRun, R> carryingOut) {
    return run(KeyOperation.of(does, within, preparing, carryingOut));
  }

  /**
   * Runs what is no more than a reading: a failure is recorded, as a refusal where it is one.
   *
   * @param reading may name a version and a place, as an operation may
   */
  public <R> R read(Operation reads, Duration within, Function<OperationRun, R> reading) {
    begin(reads, within);
    try {
      R result = reading.apply(this);
      done = true;
      return result;
    } catch (RuntimeException e) {
      throw refused(e);
    } finally {
      observe();
    }
  }

  /** Refuses it, before anything was asked; gives back what is to be thrown. */
  public EnclaveException refuse(Operation refused, EnclaveException why) {
    kind = refused;
    try {
      return refused(why);
    } finally {
      observe();
    }
  }

  /** Says what a reading is recorded as, if it fails. */
  public void failsAs(Operation other) {
    failing = other;
  }

  /** Notes that the signature in question is not valid. */
  public void invalidSignature() {
    entry = log().withoutIntent(subject(), trace);
    entry.invalidSignature();
  }

  /** Notes that another operation does it, of which observers are told instead. */
  public void handedOver() {
    handedOver = true;
  }

  private void begin(Operation begun, Duration within) {
    kind = begun;
    deadline = Deadline.in(within, time());
  }

  private <P> P checked(KeyOperation<P, ?> operation) {
    try {
      return operation.prepare(this);
    } catch (RuntimeException e) {
      throw refused(e);
    }
  }

  private EnclaveException refused(RuntimeException e) {
    kind = failing == null ? kind : failing;
    entry = log().withoutIntent(subject(), trace);
    return entry.failed(e);
  }

  private <P, R> R carriedOut(KeyOperation<P, R> operation, P prepared) {
    try (AuditTrail.OperationRecord record = recordIntent()) {
      entry = record;
      R result;
      try {
        result = operation.carryOut(prepared, this);
      } catch (RuntimeException e) {
        if (slot != null && (trace.outcomeUnknown() || isOvertaken(e))) {
          slot.distrust();
        }
        throw record.failed(e);
      }
      try {
        record.succeeded(details);
      } catch (RuntimeException unwritten) {
        operation.withhold(result);
        throw unwritten;
      }
      return result;
    }
  }

  /** Whether it failed since another replica rotated the key, which nobody here has read yet. */
  private static boolean isOvertaken(RuntimeException e) {
    return e instanceof UsageException refused && refused.code() == ErrorCode.ROTATION_CONFLICT;
  }

  private AuditTrail.OperationRecord recordIntent() {
    try {
      return log().begin(subject(), trace, version, archived);
    } catch (EnclaveException e) {
      unrecorded = Optional.of(e.code());
      throw e;
    }
  }

  private AuditTrail.Subject subject() {
    Operation kind = Objects.requireNonNull(this.kind);
    return new AuditTrail.Subject(
        kind,
        caller,
        Optional.ofNullable(key),
        backendId(),
        !archived.isEmpty()
            || (backend != null && (isUse(kind) ? backend.usesKeysElsewhere() : backend.remote())));
  }

  private static boolean isUse(Operation kind) {
    return switch (kind) {
      case SIGN, SEAL, UNSEAL, DECRYPT -> true;
      default -> false;
    };
  }

  private Optional<BackendId> backendId() {
    return backend == null ? Optional.empty() : Optional.of(backend.id());
  }

  private void observe() {
    if (trace.timed() && !(handedOver && done)) {
      operations.ended(
          new ObservedCall(
              Objects.requireNonNull(kind),
              backendId(),
              result(),
              error(),
              trace.attempts(),
              trace.whole(),
              trace.atBackend()));
    }
  }

  private Result result() {
    if (entry != null && entry.result() != Result.PENDING) {
      return entry.result();
    }
    if (done) {
      return Result.SUCCESS;
    }
    return unrecorded.isPresent() ? Result.REFUSED : Result.FAILURE;
  }

  private Optional<ErrorCode> error() {
    if (entry != null && entry.result() != Result.PENDING) {
      return entry.error();
    }
    return done ? Optional.empty() : unrecorded.or(() -> Optional.of(ErrorCode.INTERNAL));
  }
}

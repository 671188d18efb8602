package dev.enclave.core.internal.deferral;

import dev.enclave.DeferrableResult;
import dev.enclave.EnclaveKey;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningInput;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.lifecycle.CreateOperation;
import dev.enclave.core.internal.lifecycle.RotateOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.deferred.DeferOptions;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.deferral.DeferralQueue;
import dev.enclave.spi.deferral.StoredOperation;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Deferred operations as one caller sees them, and those that are only if need be. Thread-safe. */
public record EngineDeferredOperations(
    Operations operations,
    KeyDirectory keys,
    SecureRandom random,
    DeferralQueue queue,
    String caller)
    implements DeferredOperations {

  private static final int MOST_LISTED = 1000;

  /** The same, for another caller. */
  public EngineDeferredOperations by(String other) {
    return new EngineDeferredOperations(operations, keys, random, queue, other);
  }

  @Override
  public Ticket submit(SigningKey key, SigningInput input, DeferOptions options) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(options, "options");
    EngineDeferredOperations by = by(options.signature().caller().orElse(caller));
    return by.submit(newTicket(), slot(key.handle()), input, options, now());
  }

  private Ticket submit(
      String id, CachedKey slot, SigningInput input, DeferOptions options, Instant notBefore) {
    return deferred(under(id).on(slot), run -> signature(run, input, options), notBefore);
  }

  /** On behalf of the caller, under the id of a ticket. */
  private OperationRun under(String id) {
    return operations.under(id, caller);
  }

  private Instant now() {
    return operations.time().now();
  }

  /**
   * Stores an operation. Only the queue keeps a message, and encrypts it.
   *
   * @param what makes it fit to be kept, and refuses what would be refused at once; by the newest
   *     reading of a key, of whatever age, since in an outage there is no other
   * @param notBefore when the first attempt is worth while
   */
  private Ticket deferred(
      OperationRun storing, Function<OperationRun, StoredOperation> what, Instant notBefore) {
    return storing.run(
        Operation.DEFER,
        RetryingCaller.SIGN_WITHIN,
        what,
        (stored, run) -> {
          Ticket ticket = queue.submit(stored, notBefore);
          run.details(
              Map.of(
                  "deferred", stored.kind().name(),
                  "ticket", ticket.id(),
                  "status", ticket.status().name()));
          return ticket;
        });
  }

  private static StoredOperation signature(
      OperationRun run, SigningInput input, DeferOptions options) {
    CachedKey slot = run.slot();
    KeyReading entry = newest(run);
    SigningInput kept = new SignOperation(input, options.signature()).inputToKeep(entry, slot);
    return new StoredOperation(
        run.trace().operationId(),
        Ticket.Kind.SIGN,
        run.caller(),
        slot.name(),
        entry.handle().toString(),
        StoredText.of(kept, options.signature().encoding()),
        kept instanceof Message,
        options.idempotencyKey());
  }

  private static KeyReading newest(OperationRun run) {
    return run.slot().newest().orElseGet(() -> run.slot().current(run.trace(), run.deadline()));
  }

  @Override
  public Ticket create(KeySpec<?> spec) {
    Objects.requireNonNull(spec, "spec");
    return create(newTicket(), spec, now());
  }

  private Ticket create(String id, KeySpec<?> spec, Instant notBefore) {
    return deferred(under(id).named(spec.name()), run -> creation(run, spec), notBefore);
  }

  private static StoredOperation creation(OperationRun run, KeySpec<?> spec) {
    new CreateOperation(spec, false).prepare(run);
    String id = run.trace().operationId();
    return new StoredOperation(
        id,
        Ticket.Kind.CREATE,
        run.caller(),
        spec.name(),
        spec.name().toString(),
        StoredText.of(spec, id),
        false,
        spec.operationId());
  }

  @Override
  public Ticket rotate(EnclaveKey key, RotationRequest request) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(request, "request");
    EngineDeferredOperations by = by(request.caller().orElse(caller));
    return by.rotate(newTicket(), slot(key.handle()), request, now());
  }

  /** A caller may have written the key that gives this handle. */
  private CachedKey slot(KeyHandle handle) {
    ReservedNames.requireFree(handle.name());
    return keys.slot(handle);
  }

  private Ticket rotate(String id, CachedKey slot, RotationRequest request, Instant notBefore) {
    return deferred(under(id).on(slot), run -> rotation(run, request), notBefore);
  }

  private static StoredOperation rotation(OperationRun run, RotationRequest request) {
    KeyReading entry = newest(run).requireUsable();
    entry.requireOurs();
    run.backend().capability(KeyRotator.class, "rotate keys");
    KeyVersionId replaced = request.expectedActive().orElseGet(() -> entry.requireActive().id());
    String id = run.trace().operationId();
    return new StoredOperation(
        id,
        Ticket.Kind.ROTATE,
        run.caller(),
        run.slot().name(),
        entry.handle().toString(),
        StoredText.of(request, replaced, id),
        false,
        request.operationId());
  }

  /** 128 random bits, so that no replica gives the id of another's. */
  private String newTicket() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return "t-" + HexFormat.of().formatHex(id);
  }

  /**
   * Signs at once if the backend answers, else later. Attempt and ticket have one operation id, so
   * that what the attempt may have changed is changed once.
   */
  public DeferrableResult<SignatureValue> signOrDefer(
      CachedKey slot, SigningInput input, DeferOptions options) {
    String id = newTicket();
    if (options.idempotencyKey().flatMap(this::findByKey).isPresent()) {
      Ticket ticket = submit(id, slot, input, options, now());
      return ticket
          .signature()
          .<DeferrableResult<SignatureValue>>map(DeferrableResult.Done::new)
          .orElseGet(() -> kept(ticket, Optional.empty()));
    }
    SignOperation signature = new SignOperation(input, options.signature());
    return nowOrLater(
        Ticket.Kind.SIGN,
        () -> under(id).on(slot).run(signature),
        estimate -> submit(id, slot, input, options, estimate));
  }

  /** As {@link #signOrDefer}: creates a key that must not exist. */
  public <K> DeferrableResult<K> createOrDefer(
      KeySpec<?> spec, Function<KeyDirectory.Found, K> as) {
    String id = newTicket();
    return nowOrLater(
        Ticket.Kind.CREATE,
        () -> as.apply(under(id).named(spec.name()).run(new CreateOperation(spec, false))),
        estimate -> create(id, spec, estimate));
  }

  /** As {@link #signOrDefer}: rotates the version that is named, or that is active now. */
  public DeferrableResult<RotationResult> rotateOrDefer(CachedKey slot, RotationRequest request) {
    String id = newTicket();
    RotationRequest exact =
        new RotationRequest(
            Optional.of(
                request.expectedActive().orElseGet(() -> freshest(slot).requireActive().id())),
            request.reason(),
            request.caller(),
            request.operationId().or(() -> Optional.of(id)));
    return nowOrLater(
        Ticket.Kind.ROTATE,
        () -> under(id).on(slot).run(new RotateOperation(exact)),
        estimate -> rotate(id, slot, exact, estimate));
  }

  /** By a fresh reading, and in an outage by the newest there is. */
  private KeyReading freshest(CachedKey slot) {
    try {
      return keys.fresh(slot);
    } catch (EnclaveException failure) {
      if (!failure.retryable()) {
        throw failure;
      }
      return slot.newest().orElseThrow(() -> failure);
    }
  }

  private <R> DeferrableResult<R> nowOrLater(
      Ticket.Kind kind, Supplier<R> attempt, Function<Instant, Ticket> keep) {
    try {
      return new DeferrableResult.Done<>(attempt.get());
    } catch (EnclaveException failure) {
      if (!EngineDeferrals.mayPass(failure, kind)) {
        throw failure;
      }
      return kept(kept(failure, keep), Optional.of(failure));
    }
  }

  private Ticket kept(EnclaveException failure, Function<Instant, Ticket> keep) {
    try {
      return keep.apply(failure.retryAt().orElseGet(() -> now()));
    } catch (EnclaveException notKept) {
      // No ticket is promised that is not stored: the caller has the failure itself.
      failure.addSuppressed(notKept);
      throw failure;
    }
  }

  private static <R> DeferrableResult<R> kept(Ticket ticket, Optional<EnclaveException> failure) {
    Ticket.Status status = ticket.status();
    if (status.ended() && status != Ticket.Status.DONE) {
      throw Texts.ENDED_WITHOUT_RESULT.as(
          ErrorCode.IDEMPOTENCY_CONFLICT,
          failure.map(why -> why.getMessage() + " ").orElse(""),
          ticket.id(),
          status);
    }
    return new DeferrableResult.Deferred<>(ticket, failure);
  }

  @Override
  public Optional<Ticket> find(String id) {
    Objects.requireNonNull(id, "id");
    operations.requireOpen();
    return queue.find(id);
  }

  @Override
  public Optional<Ticket> findByKey(String idempotencyKey) {
    Objects.requireNonNull(idempotencyKey, "idempotencyKey");
    operations.requireOpen();
    return queue.findByKey(idempotencyKey);
  }

  @Override
  public Optional<Ticket> cancel(String id) {
    return changed("CANCEL", id, queue::cancel);
  }

  @Override
  public Optional<Ticket> retry(String id) {
    return changed("RETRY", id, queue::retry);
  }

  private Optional<Ticket> changed(
      String change, String id, Function<String, Optional<Ticket>> by) {
    return find(id)
        .map(
            ticket ->
                under(ticket.id())
                    .named(ticket.key())
                    .run(
                        Operation.DEFER,
                        RetryingCaller.SIGN_WITHIN,
                        run -> ticket.id(),
                        (ended, run) -> changed(change, ended, by, run)));
  }

  private static Ticket changed(
      String change, String id, Function<String, Optional<Ticket>> by, OperationRun run) {
    Ticket after =
        by.apply(id).orElseThrow(() -> Texts.TICKET_REMOVED.as(ErrorCode.INVALID_ARGUMENT));
    run.details(Map.of("ticket", id, "change", change, "status", after.status().name()));
    return after;
  }

  @Override
  public List<Ticket> list(Set<Ticket.Status> states, int limit) {
    Set<Ticket.Status> wanted = Set.copyOf(states);
    if (limit < 1 || limit > MOST_LISTED) {
      throw Texts.TICKETS_LIMIT.as(ErrorCode.INVALID_ARGUMENT, limit, MOST_LISTED);
    }
    operations.requireOpen();
    return wanted.isEmpty() ? List.of() : queue.list(wanted, limit);
  }

  @Override
  public CompletionStage<Ticket> ended(String id) {
    Objects.requireNonNull(id, "id");
    operations.requireOpen();
    return queue.ended(id);
  }

  @Override
  public void onEnded(Consumer<Ticket> listener) {
    Objects.requireNonNull(listener, "listener");
    operations.requireOpen();
    queue.onEnded(listener);
  }

  @Override
  public String toString() {
    return "DeferredOperations[" + caller + "]";
  }
}

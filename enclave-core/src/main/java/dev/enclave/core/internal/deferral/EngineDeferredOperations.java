package dev.enclave.core.internal.deferral;

import dev.enclave.EnclaveKey;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SigningInput;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.core.internal.call.BackendCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.lifecycle.CreateOperation;
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

/** Deferred operations as one caller sees them. Thread-safe. */
public final class EngineDeferredOperations implements DeferredOperations {

  private static final int MOST_LISTED = 1000;

  private final Operations operations;
  private final KeyDirectory keys;
  private final SecureRandom random;
  private final DeferralQueue queue;
  private final String caller;

  /** Those that a queue keeps. */
  public EngineDeferredOperations(
      Operations operations,
      KeyDirectory keys,
      SecureRandom random,
      DeferralQueue queue,
      String caller) {
    this.operations = operations;
    this.keys = keys;
    this.random = random;
    this.queue = queue;
    this.caller = caller;
  }

  /** The same, for another caller. */
  public EngineDeferredOperations by(String other) {
    return new EngineDeferredOperations(operations, keys, random, queue, other);
  }

  @Override
  public Ticket submit(SigningKey key, SigningInput input, DeferOptions options) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(options, "options");
    KeyHandle handle = key.handle();
    return by(options.signature().caller().orElse(caller))
        .submit(newTicket(), slot(handle), input, options, operations.time().now());
  }

  Ticket submit(
      String id, CachedKey slot, SigningInput input, DeferOptions options, Instant notBefore) {
    return operations
        .under(id, caller)
        .on(slot)
        .run(new DeferOperation(queue, run -> signature(run, input, options), notBefore));
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
        SignText.of(kept, options.signature().encoding()),
        kept instanceof Message,
        options.idempotencyKey());
  }

  /** By a fresh reading, and in an outage by the newest there is. */
  KeyReading freshest(CachedKey slot) {
    try {
      return keys.fresh(slot);
    } catch (EnclaveException failure) {
      if (!failure.retryable()) {
        throw failure;
      }
      return slot.newest().orElseThrow(() -> failure);
    }
  }

  private static KeyReading newest(OperationRun run) {
    return run.slot().newest().orElseGet(() -> run.slot().current(run.trace(), run.deadline()));
  }

  @Override
  public Ticket create(KeySpec<?> spec) {
    Objects.requireNonNull(spec, "spec");
    return create(newTicket(), spec, operations.time().now());
  }

  Ticket create(String id, KeySpec<?> spec, Instant notBefore) {
    return operations
        .under(id, caller)
        .named(spec.name())
        .run(new DeferOperation(queue, run -> creation(run, spec), notBefore));
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
        ChangeText.of(spec, id),
        false,
        spec.operationId());
  }

  @Override
  public Ticket rotate(EnclaveKey key, RotationRequest request) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(request, "request");
    CachedKey slot = slot(key.handle());
    return by(request.caller().orElse(caller))
        .rotate(newTicket(), slot, request, operations.time().now());
  }

  /** A caller may have written the key that gives this handle. */
  private CachedKey slot(KeyHandle handle) {
    ReservedNames.requireFree(handle.name());
    return keys.slot(handle);
  }

  Ticket rotate(String id, CachedKey slot, RotationRequest request, Instant notBefore) {
    return operations
        .under(id, caller)
        .on(slot)
        .run(new DeferOperation(queue, run -> rotation(run, request), notBefore));
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
        ChangeText.of(request, replaced, id),
        false,
        request.operationId());
  }

  /** 128 random bits, so that no replica gives the id of another's. */
  String newTicket() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return "t-" + HexFormat.of().formatHex(id);
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
                operations
                    .under(ticket.id(), caller)
                    .named(ticket.key())
                    .run(
                        Operation.DEFER,
                        BackendCaller.SIGN_WITHIN,
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

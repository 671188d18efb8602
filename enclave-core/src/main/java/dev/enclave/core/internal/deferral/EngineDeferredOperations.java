package dev.enclave.core.internal.deferral;

import dev.enclave.EnclaveKey;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SigningInput;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyFinder;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.lifecycle.CreateOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.deferred.DeferOptions;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.deferral.DeferralQueue;
import dev.enclave.spi.deferral.StoredOperation;
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

  private final SharedParts shared;
  private final DeferralQueue queue;
  private final String caller;

  private EngineDeferredOperations(SharedParts shared, DeferralQueue queue, String caller) {
    this.shared = shared;
    this.queue = queue;
    this.caller = caller;
  }

  /** Those of an Enclave that has a queue. */
  public static Optional<EngineDeferredOperations> of(SharedParts shared, String caller) {
    return shared.queue().map(queue -> new EngineDeferredOperations(shared, queue, caller));
  }

  @Override
  public Ticket submit(SigningKey key, SigningInput input, DeferOptions options) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(options, "options");
    KeyHandle handle = key.handle();
    return new EngineDeferredOperations(shared, queue, options.signature().caller().orElse(caller))
        .submit(newTicket(), slot(handle), input, options, shared.time().now());
  }

  Ticket submit(
      String id, CachedKey slot, SigningInput input, DeferOptions options, Instant notBefore) {
    return OperationRun.under(id, caller, shared)
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

  private static KeyReading newest(OperationRun run) {
    return run.slot().newest().orElseGet(() -> run.slot().current(run.trace(), run.deadline()));
  }

  @Override
  public Ticket create(KeySpec<?> spec) {
    Objects.requireNonNull(spec, "spec");
    return create(newTicket(), spec, shared.time().now());
  }

  Ticket create(String id, KeySpec<?> spec, Instant notBefore) {
    return OperationRun.under(id, caller, shared)
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
    return new EngineDeferredOperations(shared, queue, request.caller().orElse(caller))
        .rotate(newTicket(), slot, request, shared.time().now());
  }

  /** A caller may have written the key that gives this handle. */
  private CachedKey slot(KeyHandle handle) {
    ReservedNames.requireFree(handle.name());
    return new KeyFinder(shared).slot(handle);
  }

  Ticket rotate(String id, CachedKey slot, RotationRequest request, Instant notBefore) {
    return OperationRun.under(id, caller, shared)
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
    shared.random().nextBytes(id);
    return "t-" + HexFormat.of().formatHex(id);
  }

  @Override
  public Optional<Ticket> find(String id) {
    Objects.requireNonNull(id, "id");
    shared.requireOpen();
    return queue.find(id);
  }

  @Override
  public Optional<Ticket> findByKey(String idempotencyKey) {
    Objects.requireNonNull(idempotencyKey, "idempotencyKey");
    shared.requireOpen();
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
                OperationRun.under(ticket.id(), caller, shared)
                    .named(ticket.key())
                    .run(
                        Operation.DEFER,
                        SharedParts.SIGN_WITHIN,
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
    shared.requireOpen();
    return wanted.isEmpty() ? List.of() : queue.list(wanted, limit);
  }

  @Override
  public CompletionStage<Ticket> ended(String id) {
    Objects.requireNonNull(id, "id");
    shared.requireOpen();
    return queue.ended(id);
  }

  @Override
  public void onEnded(Consumer<Ticket> listener) {
    Objects.requireNonNull(listener, "listener");
    shared.requireOpen();
    queue.onEnded(listener);
  }

  @Override
  public String toString() {
    return "DeferredOperations[" + caller + "]";
  }
}

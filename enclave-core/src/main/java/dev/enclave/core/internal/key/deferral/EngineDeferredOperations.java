package dev.enclave.core.internal.key.deferral;

import dev.enclave.EnclaveKey;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningInput;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeyFinder;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.key.use.SignOperation;
import dev.enclave.core.internal.key.versions.ChangeStateOperation;
import dev.enclave.core.internal.key.versions.CreateOperation;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.deferral.DeferralQueue;
import dev.enclave.spi.deferral.StoredOperation;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Deferred operations as one caller sees them. Thread-safe. */
public final class EngineDeferredOperations implements DeferredOperations {

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

  /**
   * Signs now, or makes a ticket.
   *
   * @throws ConnectivityException {@link ErrorCode#DEFERRED} with the ticket
   */
  public static SignatureValue signOrLater(
      SharedParts shared, KeySlot slot, SigningInput input, SignOptions options, String caller) {
    return of(shared, caller)
        .orElseThrow(
            () ->
                new UsageException(
                    ErrorCode.UNSUPPORTED_OPERATION,
                    "SignOptions.orLater needs a place for deferred operations. Add"
                        + " dev.enclave:enclave-jobs and set enclave.jobs.kek, or sign without"
                        + " orLater."))
        .signOrLater(slot, input, options);
  }

  private SignatureValue signOrLater(KeySlot slot, SigningInput input, SignOptions options) {
    if (options.idempotencyKey().flatMap(queue::findByKey).isPresent()) {
      Ticket ticket = submit(newTicket(), slot, input, options, shared.time().now());
      return ticket.signature().orElseThrow(() -> noSignature(ticket));
    }
    String id = newTicket();
    try {
      return OperationRun.under(id, caller, shared).on(slot).run(new SignOperation(input, options));
    } catch (EnclaveException failure) {
      if (!failure.retryable()) {
        throw failure;
      }
      throw deferred(failure, kept(failure, id, slot, input, options));
    }
  }

  private Ticket kept(
      EnclaveException failure, String id, KeySlot slot, SigningInput input, SignOptions options) {
    try {
      Instant estimate = failure.retryAt().orElseGet(() -> shared.time().now());
      return submit(id, slot, input, options, estimate);
    } catch (EnclaveException notKept) {
      // No ticket is promised that is not stored: the caller has the failure itself.
      failure.addSuppressed(notKept);
      throw failure;
    }
  }

  private static EnclaveException deferred(EnclaveException failure, Ticket ticket) {
    return ConnectivityException.deferred(
        failure.getMessage()
            + " The signature is deferred: ticket "
            + ticket.id()
            + ". Do not sign again; ask Enclave.deferred() for the ticket.",
        ticket.id(),
        ticket.nextAttempt().orElse(ticket.submitted()));
  }

  private static EnclaveException noSignature(Ticket ticket) {
    return ticket.status().ended()
        ? new UsageException(
            ErrorCode.IDEMPOTENCY_CONFLICT,
            "The ticket of this idempotency key, "
                + ticket.id()
                + ", has ended without a signature: "
                + ticket.status()
                + ". Use another idempotency key.")
        : ConnectivityException.deferred(
            "The signature is deferred already: ticket "
                + ticket.id()
                + ". Ask Enclave.deferred() for the ticket.",
            ticket.id(),
            ticket.nextAttempt().orElse(ticket.submitted()));
  }

  @Override
  public Ticket submit(SigningKey key, SigningInput input, SignOptions options) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(options, "options");
    KeyHandle handle = key.handle();
    return new EngineDeferredOperations(shared, queue, options.caller().orElse(caller))
        .submit(newTicket(), handle, input, options);
  }

  private Ticket submit(String id, KeyHandle handle, SigningInput input, SignOptions options) {
    KeySlot slot = new KeyFinder(shared).slot(handle);
    return submit(id, slot, input, options, shared.time().now());
  }

  private Ticket submit(
      String id, KeySlot slot, SigningInput input, SignOptions options, Instant notBefore) {
    return OperationRun.under(id, caller, shared)
        .on(slot)
        .run(new DeferOperation(queue, run -> signature(run, input, options), notBefore));
  }

  private static StoredOperation signature(
      OperationRun run, SigningInput input, SignOptions options) {
    KeySlot slot = run.slot();
    KeyEntry entry = newest(run);
    SigningInput kept = new SignOperation(input, options).inputToKeep(entry, slot);
    return new StoredOperation(
        run.trace().operationId(),
        Ticket.Kind.SIGN,
        run.caller(),
        slot.name(),
        entry.handle().toString(),
        SignText.of(kept, options.encoding()),
        kept instanceof Message,
        options.idempotencyKey());
  }

  private static KeyEntry newest(OperationRun run) {
    return run.slot().newest().orElseGet(() -> run.slot().current(run.trace(), run.deadline()));
  }

  @Override
  public Ticket create(KeySpec<?> spec) {
    Objects.requireNonNull(spec, "spec");
    return OperationRun.under(newTicket(), caller, shared)
        .named(spec.name())
        .run(new DeferOperation(queue, run -> creation(run, spec), shared.time().now()));
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
    return OperationRun.under(newTicket(), request.caller().orElse(caller), shared)
        .on(new KeyFinder(shared).slot(key.handle()))
        .run(new DeferOperation(queue, run -> rotation(run, request), shared.time().now()));
  }

  private static StoredOperation rotation(OperationRun run, RotationRequest request) {
    KeyEntry entry = newest(run).requireUsable();
    ChangeStateOperation.requireOurs(entry);
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

  /** 128 random bits: whoever does not have the id does not find the ticket. */
  private String newTicket() {
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
    Objects.requireNonNull(id, "id");
    shared.requireOpen();
    return queue.cancel(id);
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

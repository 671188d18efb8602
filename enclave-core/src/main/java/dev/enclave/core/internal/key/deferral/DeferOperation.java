package dev.enclave.core.internal.key.deferral;

import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningInput;
import dev.enclave.core.internal.key.operation.KeyOperation;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.key.use.SignOperation;
import dev.enclave.deferred.Ticket;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.deferral.DeferralQueue;
import dev.enclave.spi.deferral.StoredOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Stores a signature to be made. What would be refused at once is refused here, by the newest
 * reading of the key, of whatever age: in an outage there is no other.
 *
 * @param queue where
 * @param input what is to be signed
 * @param options how
 * @param notBefore when the first attempt is worth while
 */
record DeferOperation(
    DeferralQueue queue, SigningInput input, SignOptions options, Instant notBefore)
    implements KeyOperation<StoredOperation, Ticket> {

  @Override
  public Operation kind() {
    return Operation.DEFER;
  }

  @Override
  public Duration within() {
    return SharedParts.SIGN_WITHIN;
  }

  /** Only the queue keeps the message, and encrypts it; the operation itself is never kept. */
  @Override
  public boolean secret() {
    return true;
  }

  @Override
  public StoredOperation prepare(OperationRun run) {
    KeySlot slot = run.slot();
    KeyEntry entry =
        slot.newest().isPresent() ? slot.newest().get() : slot.current(run.trace(), run.deadline());
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

  @Override
  public Ticket carryOut(StoredOperation stored, OperationRun run) {
    Ticket ticket = queue.submit(stored, notBefore);
    run.details(Map.of("ticket", ticket.id(), "status", ticket.status().name()));
    return ticket;
  }
}

package dev.enclave.core.internal.deferral;

import dev.enclave.core.internal.call.BackendCaller;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.deferred.Ticket;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.deferral.DeferralQueue;
import dev.enclave.spi.deferral.StoredOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;

/**
 * Stores an operation.
 *
 * @param queue where
 * @param what makes it fit to be kept, and refuses what would be refused at once; by the newest
 *     reading of a key, of whatever age, since in an outage there is no other
 * @param notBefore when the first attempt is worth while
 */
record DeferOperation(
    DeferralQueue queue, Function<OperationRun, StoredOperation> what, Instant notBefore)
    implements KeyOperation<StoredOperation, Ticket> {

  @Override
  public Operation kind() {
    return Operation.DEFER;
  }

  @Override
  public Duration within() {
    return BackendCaller.SIGN_WITHIN;
  }

  /** Only the queue keeps a message, and encrypts it; the operation itself is never kept. */
  @Override
  public boolean secret() {
    return true;
  }

  @Override
  public StoredOperation prepare(OperationRun run) {
    return what.apply(run);
  }

  @Override
  public Ticket carryOut(StoredOperation stored, OperationRun run) {
    Ticket ticket = queue.submit(stored, notBefore);
    run.details(
        Map.of(
            "deferred", stored.kind().name(),
            "ticket", ticket.id(),
            "status", ticket.status().name()));
    return ticket;
  }
}

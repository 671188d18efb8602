package dev.enclave.core.internal.key.deferral;

import dev.enclave.core.internal.key.operation.KeyOperation;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.deferred.Ticket;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;
import java.util.Map;

/**
 * Records that a ticket has ended.
 *
 * @param status how
 */
record EndOperation(Ticket.Status status) implements KeyOperation<Ticket.Status, Ticket.Status> {

  @Override
  public Operation kind() {
    return Operation.DEFER;
  }

  @Override
  public Duration within() {
    return SharedParts.SIGN_WITHIN;
  }

  @Override
  public boolean secret() {
    return false;
  }

  @Override
  public Ticket.Status prepare(OperationRun run) {
    return status;
  }

  @Override
  public Ticket.Status carryOut(Ticket.Status ended, OperationRun run) {
    run.details(Map.of("ticket", run.trace().operationId(), "status", ended.name()));
    return ended;
  }
}

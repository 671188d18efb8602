package dev.enclave.core.internal.key.deferral;

import dev.enclave.core.internal.key.operation.KeyOperation;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.deferred.Ticket;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Somebody gives a ticket up, or has it tried again.
 *
 * @param change for the record
 * @param id of a ticket that is there
 * @param by does it, and gives the ticket afterwards
 */
record ChangeTicketOperation(String change, String id, Function<String, Optional<Ticket>> by)
    implements KeyOperation<String, Ticket> {

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
  public String prepare(OperationRun run) {
    return id;
  }

  @Override
  public Ticket carryOut(String ticket, OperationRun run) {
    Ticket after =
        by.apply(ticket)
            .orElseThrow(
                () ->
                    new UsageException(
                        ErrorCode.INVALID_ARGUMENT,
                        "The ticket was removed meanwhile: its time was long over."));
    run.details(Map.of("ticket", ticket, "change", change, "status", after.status().name()));
    return after;
  }
}

package dev.enclave.core.internal.key.upkeep;

import dev.enclave.core.internal.key.operation.KeyOperation;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.OrphanCollector;
import java.time.Duration;
import java.util.Map;

/**
 * What an interrupted creation left is removed, if it is an orphan still.
 *
 * @param orphan what was found
 */
record DiscardOperation(OrphanCollector.Orphan orphan)
    implements KeyOperation<OrphanCollector, Boolean> {

  @Override
  public Operation kind() {
    return Operation.DISCARD;
  }

  @Override
  public Duration within() {
    return SharedParts.CHANGE_WITHIN;
  }

  @Override
  public boolean secret() {
    return false;
  }

  @Override
  public OrphanCollector prepare(OperationRun run) {
    return run.backend().capability(OrphanCollector.class, "discard orphans");
  }

  @Override
  public Boolean carryOut(OrphanCollector collector, OperationRun run) {
    boolean gone =
        run.backend()
            .caller()
            .call(run.toChange("discard an orphan"), call -> collector.discard(orphan, call));
    run.details(
        Map.of(
            "providerUri", ForeignText.name(orphan.providerUri()),
            "meantFor", orphan.meantFor().value(),
            "discarded", Boolean.toString(gone)));
    return gone;
  }
}

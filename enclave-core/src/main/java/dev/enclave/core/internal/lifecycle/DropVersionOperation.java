package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyState;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyStateChanger;
import java.time.Duration;
import java.util.Map;

/**
 * A version that a rotation prepared and nobody will activate is destroyed, if it is pending still.
 *
 * @param pending the version
 * @param changer the backend
 */
record DropVersionOperation(KeyVersionRef pending, KeyStateChanger changer)
    implements KeyOperation<KeyVersionRef, Boolean> {

  @Override
  public Operation kind() {
    return Operation.CHANGE_STATE;
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
  public KeyVersionRef prepare(OperationRun run) {
    run.version(pending.version());
    return pending;
  }

  @Override
  public Boolean carryOut(KeyVersionRef prepared, OperationRun run) {
    boolean dropped =
        run.backend()
            .caller()
            .call(
                run.toChange("discard a version of key " + pending.name()),
                call -> dropped(run, call));
    if (dropped) {
      run.details(Map.of("from", KeyState.PENDING.name(), "to", KeyState.DESTROYED.name()));
    }
    return dropped;
  }

  private boolean dropped(OperationRun run, CallContext call) throws BackendFailure {
    if (!stillPending(run, call)) {
      return false;
    }
    changer.changeState(pending, KeyState.DESTROYED, call);
    return true;
  }

  /** An activation whose answer was lost may have been carried out after all. */
  private boolean stillPending(OperationRun run, CallContext call) throws BackendFailure {
    return run.backend()
        .backend()
        .load(pending.name(), call)
        .version(pending.version())
        .filter(v -> v.state() == KeyState.PENDING)
        .isPresent();
  }
}

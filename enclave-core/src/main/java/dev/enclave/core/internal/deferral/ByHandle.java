package dev.enclave.core.internal.deferral;

import dev.enclave.KeyHandle;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;

/**
 * An operation with the key that a handle names, and with no other that has taken its name since.
 *
 * @param handle names the key
 * @param operation what is to be done with it
 */
record ByHandle<P, R>(KeyHandle handle, KeyOperation<P, R> operation)
    implements KeyOperation<P, R> {

  @Override
  public Operation kind() {
    return operation.kind();
  }

  @Override
  public Duration within() {
    return operation.within();
  }

  @Override
  public boolean secret() {
    return operation.secret();
  }

  @Override
  public P prepare(OperationRun run) {
    ReservedNames.requireFree(handle.name());
    CachedKey slot = run.keys().slot(handle);
    run.on(slot);
    KeyDirectory.requireFingerprint(
        slot.current(run.trace(), run.deadline()), handle.fingerprint());
    return operation.prepare(run);
  }

  @Override
  public R carryOut(P prepared, OperationRun run) {
    return operation.carryOut(prepared, run);
  }

  @Override
  public void withhold(R result) {
    operation.withhold(result);
  }
}

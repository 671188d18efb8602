package dev.enclave.core.internal.key.deferral;

import dev.enclave.KeyHandle;
import dev.enclave.SignatureValue;
import dev.enclave.core.internal.key.operation.KeyOperation;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.core.internal.key.slot.KeyFinder;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.use.SignOperation;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;

/**
 * A signature by the key that a handle names, and by no other that has taken its name since.
 *
 * @param handle names the key
 * @param signature what is to be done with it
 */
record KeptSignature(KeyHandle handle, SignOperation signature)
    implements KeyOperation<SignOperation.Prepared, SignatureValue> {

  @Override
  public Operation kind() {
    return signature.kind();
  }

  @Override
  public Duration within() {
    return signature.within();
  }

  @Override
  public boolean secret() {
    return signature.secret();
  }

  @Override
  public SignOperation.Prepared prepare(OperationRun run) {
    KeySlot slot = new KeyFinder(run.shared()).slot(handle);
    run.on(slot);
    KeyFinder.requireFingerprint(slot.current(run.trace(), run.deadline()), handle.fingerprint());
    return signature.prepare(run);
  }

  @Override
  public SignatureValue carryOut(SignOperation.Prepared prepared, OperationRun run) {
    return signature.carryOut(prepared, run);
  }
}

package dev.enclave.core.internal.key.use;

import dev.enclave.SignatureValue;
import dev.enclave.core.internal.key.operation.KeyOperation;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;
import java.util.Map;

/**
 * A signature of which the audit log says more than of others.
 *
 * @param whole the signature
 * @param details what it says more
 */
public record RecordedSignature(SignOperation whole, Map<String, String> details)
    implements KeyOperation<SignOperation.Prepared, SignatureValue> {

  public RecordedSignature {
    details = Map.copyOf(details);
  }

  @Override
  public Operation kind() {
    return whole.kind();
  }

  @Override
  public Duration within() {
    return whole.within();
  }

  @Override
  public boolean secret() {
    return whole.secret();
  }

  @Override
  public SignOperation.Prepared prepare(OperationRun run) {
    return whole.prepare(run);
  }

  @Override
  public SignatureValue carryOut(SignOperation.Prepared prepared, OperationRun run) {
    SignatureValue signature = whole.carryOut(prepared, run);
    run.details(details);
    return signature;
  }
}

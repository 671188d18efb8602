package dev.enclave.core.internal.key.upkeep;

import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.key.operation.KeyOperation;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyRewrapper;
import java.time.Duration;
import java.util.Map;

/**
 * A key is sealed anew, since its key-encryption key has another version.
 *
 * @param name the key
 * @param kek the version that wraps now
 */
record RewrapOperation(KeyName name, KeyVersionId kek) implements KeyOperation<KeyRewrapper, Boolean> {

  @Override
  public Operation kind() {
    return Operation.RESEAL;
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
  public KeyRewrapper prepare(OperationRun run) {
    return KeyRewrapping.rewrapper(run.backend());
  }

  @Override
  public Boolean carryOut(KeyRewrapper rewrapper, OperationRun run) {
    run.backend()
        .caller()
        .call(
            run.toChange("seal key " + name + " anew"),
            call -> {
              rewrapper.rewrap(name, call);
              return true;
            });
    run.details(Map.of("kekVersion", kek.value()));
    return true;
  }
}

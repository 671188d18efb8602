package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.core.internal.call.RetryingCaller.Attempt;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyRotator;
import java.util.Map;

/** How often a key is due for rotation is changed. */
public final class ChangeIntervalOperation {

  private ChangeIntervalOperation() {}

  /** Changes it to {@code interval}. */
  public static KeyOperation<?, KeyInfo> to(RotationInterval interval) {
    return KeyOperation.of(
        Operation.CHANGE_INTERVAL,
        run -> {
          KeyReading entry = run.ours();
          requireAlive(entry);
          rotator(run);
          return entry;
        },
        (entry, run) -> changed(interval, entry, run));
  }

  private static KeyRotator rotator(OperationRun run) {
    return run.backend().capability(KeyRotator.class, "change rotation intervals");
  }

  private static KeyInfo changed(RotationInterval interval, KeyReading entry, OperationRun run) {
    CachedKey slot = run.slot();
    KeyRotator rotator = rotator(run);
    String toDo = "change the rotation interval of key " + slot.name();
    Attempt<KeySnapshot> attempt = call -> rotator.changeInterval(slot.name(), interval, call);
    // Not beside a rotation: its answer would be taken for older than this one.
    KeyReading changed = slot.inTurn(run.deadline(), () -> slot.written(run.change(toDo, attempt)));
    requireChanged(slot, changed, interval);
    run.details(Map.of("from", entry.rotation().toString(), "to", interval.toString()));
    return changed.info(run.rules().life());
  }

  private static void requireAlive(KeyReading entry) {
    if (entry.snapshot().versions().stream().allMatch(v -> v.state() == KeyState.DESTROYED)) {
      throw Texts.ALL_VERSIONS_DESTROYED.as(ErrorCode.KEY_NOT_ACTIVE, entry.snapshot().name());
    }
  }

  /** What the backend says it did may be something else than what was asked. */
  private static void requireChanged(CachedKey slot, KeyReading entry, RotationInterval asked) {
    if (!entry.rotation().equals(asked)) {
      throw Texts.INTERVAL_NOT_STORED.as(
          ErrorCode.WRONG_ANSWER, slot.backend().id(), asked, slot.name(), entry.rotation());
    }
  }
}

package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.core.internal.call.BackendCaller.Attempt;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
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
    String what = "change the rotation interval of key " + slot.name();
    Attempt<KeySnapshot> attempt = call -> rotator.changeInterval(slot.name(), interval, call);
    // Not beside a rotation: its answer would be taken for older than this one.
    KeyReading changed = slot.inTurn(run.deadline(), () -> slot.written(run.change(what, attempt)));
    requireChanged(slot, changed, interval);
    run.details(Map.of("from", entry.rotation().toString(), "to", interval.toString()));
    return changed.info(run.shared().life());
  }

  private static void requireAlive(KeyReading entry) {
    if (entry.snapshot().versions().stream().allMatch(v -> v.state() == KeyState.DESTROYED)) {
      throw new UsageException(
          ErrorCode.KEY_NOT_ACTIVE,
          "Every version of key "
              + entry.snapshot().name()
              + " is destroyed, so that it is never rotated again. Create another key.");
    }
  }

  /** What the backend says it did may be something else than what was asked. */
  private static void requireChanged(CachedKey slot, KeyReading entry, RotationInterval asked) {
    if (!entry.rotation().equals(asked)) {
      throw new IntegrityException(
          ErrorCode.WRONG_ANSWER,
          "Backend "
              + slot.backend().id()
              + " was asked to store the rotation interval "
              + asked
              + " with key "
              + slot.name()
              + " and answered with "
              + entry.rotation()
              + ". Load the key to see which one it has, and report it to the backend's author.");
    }
  }
}

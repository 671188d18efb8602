package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
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

/**
 * How often a key is due for rotation is changed.
 *
 * @param interval how often it is to be
 */
public record ChangeIntervalOperation(RotationInterval interval)
    implements KeyOperation<ChangeIntervalOperation.Prepared, KeyInfo> {

  /**
   * A key whose interval may change.
   *
   * @param entry the reading
   * @param rotator the backend
   */
  public record Prepared(KeyReading entry, KeyRotator rotator) {}

  @Override
  public Operation kind() {
    return Operation.CHANGE_INTERVAL;
  }

  @Override
  public Prepared prepare(OperationRun run) {
    KeyReading entry = run.slot().fresh(run.trace(), run.deadline()).requireUsable();
    entry.requireOurs();
    requireAlive(entry);
    return new Prepared(
        entry, run.backend().capability(KeyRotator.class, "change rotation intervals"));
  }

  @Override
  public KeyInfo carryOut(Prepared prepared, OperationRun run) {
    CachedKey slot = run.slot();
    // Not beside a rotation: its answer would be taken for older than this one.
    KeyReading changed = slot.inTurn(run.deadline(), () -> slot.written(stored(prepared, run)));
    requireChanged(slot, changed, interval);
    run.details(Map.of("from", prepared.entry().rotation().toString(), "to", interval.toString()));
    return changed.info(run.shared().life());
  }

  private KeySnapshot stored(Prepared prepared, OperationRun run) {
    return run.change(
        "change the rotation interval of key " + run.slot().name(),
        call -> prepared.rotator().changeInterval(run.slot().name(), interval, call));
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

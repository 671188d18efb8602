package dev.enclave.core.internal.key.versions;

import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.core.internal.audit.AuditTrail;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyRotator;
import java.util.Map;
import java.util.Objects;

/** Changes how often a key is due for rotation. Thread-safe. */
public final class IntervalChanger {

  private final SharedParts shared;

  public IntervalChanger(SharedParts shared) {
    this.shared = shared;
  }

  public KeyInfo change(KeySlot slot, RotationInterval interval, String caller) {
    Objects.requireNonNull(interval);
    shared.requireOpen();
    CallTrace trace = shared.newTrace();
    Deadline deadline = shared.within(SharedParts.CHANGE_WITHIN);
    AuditTrail.Subject subject = shared.subject(Operation.CHANGE_INTERVAL, caller, slot);
    KeyEntry entry;
    KeyRotator rotator;
    try {
      entry = slot.fresh(trace, deadline).requireUsable();
      StateChanger.requireOurs(entry);
      requireAlive(entry);
      rotator = slot.backend().capability(KeyRotator.class, "change rotation intervals");
    } catch (RuntimeException e) {
      throw shared.audit().refused(subject, trace, e);
    }
    try (AuditTrail.Entry record = shared.audit().begin(subject, trace)) {
      KeyEntry changed;
      try {
        Plan plan =
            new Plan(
                "change the rotation interval of key " + slot.name(),
                trace,
                deadline.remaining(),
                true,
                slot.settling());
        // Not beside a rotation: its answer would be taken for older than this one.
        changed =
            slot.inTurn(
                deadline,
                () ->
                    slot.written(
                        slot.backend()
                            .caller()
                            .call(
                                plan,
                                call -> rotator.changeInterval(slot.name(), interval, call))));
        requireChanged(slot, changed, interval);
      } catch (RuntimeException e) {
        if (trace.outcomeUnknown()) {
          slot.distrust();
        }
        throw record.failed(e);
      }
      record.succeeded(Map.of("from", entry.rotation().toString(), "to", interval.toString()));
      return changed.info(shared.policy());
    }
  }

  private static void requireAlive(KeyEntry entry) {
    if (entry.snapshot().versions().stream().allMatch(v -> v.state() == KeyState.DESTROYED)) {
      throw new UsageException(
          ErrorCode.KEY_NOT_ACTIVE,
          "Every version of key "
              + entry.snapshot().name()
              + " is destroyed, so that it is never rotated again. Create another key.");
    }
  }

  /** What the backend says it did may be something else than what was asked. */
  private static void requireChanged(KeySlot slot, KeyEntry entry, RotationInterval asked) {
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

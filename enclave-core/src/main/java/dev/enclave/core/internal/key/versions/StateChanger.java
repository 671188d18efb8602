package dev.enclave.core.internal.key.versions;

import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.audit.AuditTrail;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyStateChanger;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Switches versions off and on, and destroys them. Thread-safe. */
public final class StateChanger {

  private final SharedParts shared;

  public StateChanger(SharedParts shared) {
    this.shared = shared;
  }

  public KeyInfo disable(KeySlot slot, KeyVersionId version, String caller) {
    return change(slot, version, caller, (entry, found) -> KeyState.DISABLED);
  }

  public KeyInfo enable(KeySlot slot, KeyVersionId version, String caller) {
    return change(slot, version, caller, StateChanger::enabledState);
  }

  public KeyInfo destroy(KeySlot slot, KeyVersionId version, String caller) {
    return change(
        slot,
        version,
        caller,
        (entry, found) -> {
          requireNotActive(entry, found);
          return KeyState.DESTROYED;
        });
  }

  /** Two steps, so that one slip does not end a key for good. */
  private static void requireNotActive(KeyEntry entry, KeyVersion version) {
    if (version.state() == KeyState.ACTIVE) {
      throw new UsageException(
          ErrorCode.VERSION_ACTIVE,
          "Version "
              + version.id()
              + " of key "
              + entry.snapshot().name()
              + " is active and was not destroyed. Disable it first, or rotate the key; then"
              + " destroy the version.");
    }
  }

  /** Active if nothing else is and no newer version could be, else verify-only. */
  private static KeyState enabledState(KeyEntry entry, KeyVersion version) {
    if (version.state() != KeyState.DISABLED) {
      return version.state().mayConsume() ? version.state() : KeyState.VERIFY_ONLY;
    }
    List<KeyVersion> alive =
        entry.snapshot().versions().stream()
            .filter(v -> v.state() != KeyState.DESTROYED && v.state() != KeyState.PENDING)
            .toList();
    boolean newest = alive.get(alive.size() - 1).id().equals(version.id());
    return newest && entry.snapshot().active().isEmpty() ? KeyState.ACTIVE : KeyState.VERIFY_ONLY;
  }

  private KeyInfo change(
      KeySlot slot,
      KeyVersionId id,
      String caller,
      BiFunction<KeyEntry, KeyVersion, KeyState> target) {
    shared.requireOpen();
    CallTrace trace = shared.newTrace();
    AuditTrail.Subject subject = shared.subject(Operation.CHANGE_STATE, caller, slot);
    KeyEntry entry;
    KeyVersion version;
    KeyState state;
    KeyStateChanger changer;
    Deadline deadline = shared.within(SharedParts.CHANGE_WITHIN);
    try {
      entry = slot.fresh(trace, deadline).requireUsable();
      requireOurs(entry);
      version = entry.requireVersion(id);
      state = target.apply(entry, version);
      requireReachable(entry, version, state);
      changer = slot.backend().capability(KeyStateChanger.class, "change a version's state");
    } catch (RuntimeException e) {
      throw shared.audit().refused(subject, trace, e);
    }
    try (AuditTrail.Entry record = shared.audit().begin(subject, trace, id)) {
      KeyEntry changed;
      try {
        Plan plan =
            new Plan(
                "put version " + id + " of key " + slot.name() + " into state " + state,
                trace,
                deadline.remaining(),
                true,
                slot.settling());
        KeySnapshot snapshot =
            slot.backend()
                .caller()
                .call(
                    plan, call -> changer.changeState(entry.snapshot().ref(version), state, call));
        changed = slot.written(snapshot);
        requireRetired(slot, changed, id, state);
      } catch (RuntimeException e) {
        if (trace.outcomeUnknown()) {
          slot.distrust();
        }
        throw record.failed(e);
      }
      record.succeeded(Map.of("from", version.state().name(), "to", state.name()));
      return changed.info(shared.policy());
    }
  }

  /** What the backend says it did may be less than what was asked. */
  static void requireRetired(KeySlot slot, KeyEntry entry, KeyVersionId id, KeyState asked) {
    KeyState found = entry.snapshot().version(id).map(KeyVersion::state).orElse(KeyState.DESTROYED);
    if (found.compareTo(asked) < 0) {
      throw new IntegrityException(
          ErrorCode.WRONG_ANSWER,
          "Backend "
              + slot.backend().id()
              + " was asked to put version "
              + id
              + " of key "
              + slot.name()
              + " into state "
              + asked
              + " and left it "
              + found
              + ". Do not rely on it; change the version with the provider's own tools.");
    }
  }

  private static void requireReachable(KeyEntry entry, KeyVersion version, KeyState state) {
    boolean wrong =
        (version.state() == KeyState.DESTROYED && state != KeyState.DESTROYED)
            || (version.state() == KeyState.PENDING && state != KeyState.DESTROYED);
    if (wrong) {
      throw new UsageException(
          ErrorCode.KEY_NOT_ACTIVE,
          "Version "
              + version.id()
              + " of key "
              + entry.snapshot().name()
              + " is "
              + version.state()
              + " and cannot become "
              + state
              + ". Rotate the key for a new version.");
    }
  }

  /**
   * Refuses to change a key that something else manages.
   *
   * @throws UsageException ({@link ErrorCode#UNSUPPORTED_OPERATION}) for an adopted key
   */
  public static void requireOurs(KeyEntry entry) {
    if (entry.adopted()) {
      throw new UsageException(
          ErrorCode.UNSUPPORTED_OPERATION,
          "Key "
              + entry.snapshot().name()
              + " is adopted (enclave.keys."
              + entry.snapshot().name()
              + "): it is read and used, not changed. Change it where it is managed: "
              + ForeignText.name(entry.snapshot().providerUri())
              + ".");
    }
  }
}

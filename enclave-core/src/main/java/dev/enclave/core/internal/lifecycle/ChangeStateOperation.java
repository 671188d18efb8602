package dev.enclave.core.internal.lifecycle;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyStateChanger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A version is switched off or on, or destroyed.
 *
 * @param due why it is to be done now, if its time says so and nobody else does
 */
public record ChangeStateOperation(KeyVersionId version, Change change, Optional<Due> due)
    implements KeyOperation<ChangeStateOperation.Prepared, KeyInfo> {

  /** Whatever version is active. */
  public ChangeStateOperation(KeyVersionId version, Change change) {
    this(version, change, Optional.empty());
  }

  /**
   * What is done by time alone.
   *
   * @param replacement the version that has to be active then
   * @param replacedAt from when on the version waits
   * @param after how long it waits
   */
  public record Due(KeyVersionId replacement, Instant replacedAt, Duration after) {}

  /** What becomes of a version. */
  public enum Change {
    /** It verifies and signs no more, although no other version takes over. */
    RETIRE,
    DISABLE,
    ENABLE,
    DESTROY,
    /** Of a key that was migrated, as it was approved. */
    DESTROY_MOVED
  }

  /** A version whose state may change. */
  public record Prepared(
      KeyReading entry, KeyVersion version, KeyState state, KeyStateChanger changer) {}

  /** How often more a version is read whose public key is none, before that is believed. */
  private static final int MORE_READINGS = 2;

  @Override
  public Operation kind() {
    return Operation.CHANGE_STATE;
  }

  @Override
  public Prepared prepare(OperationRun run) {
    KeyReading entry = reading(run).requireUsable();
    entry.requireOurs();
    KeyVersion found = entry.requireVersion(version);
    requireReplaced(entry);
    if (change == Change.DESTROY) {
      requireNotMoved(entry, found, run.rules().policy().environment());
    }
    KeyState state = target(entry, found);
    requireReachable(entry, found, state);
    KeyStateChanger changer =
        run.backend().capability(KeyStateChanger.class, "change a version's state");
    run.version(version);
    if (state == KeyState.DESTROYED) {
      requireOver(entry, run);
      RecordedKey.requireKept(run, entry, found);
    }
    return new Prepared(entry, found, state, changer);
  }

  /** Somebody may have switched off what took over, and this would be the last one. */
  private void requireReplaced(KeyReading entry) {
    Optional<KeyVersionId> active = entry.snapshot().active().map(KeyVersion::id);
    Optional<KeyVersionId> replacement = due.map(Due::replacement);
    if (replacement.isPresent() && !replacement.equals(active)) {
      throw Texts.REPLACEMENT_NOT_ACTIVE.as(
          ErrorCode.ROTATION_CONFLICT, version, entry.snapshot().name(), replacement.get(), change);
    }
  }

  /** What cannot be undone is done by no single clock. */
  private void requireOver(KeyReading entry, OperationRun run) {
    due.ifPresent(
        its ->
            run.rules()
                .certainTime()
                .requireOver(
                    run.backend(), version, entry.snapshot(), its.replacedAt(), its.after()));
  }

  /** What is no public key may have been damaged on its way, and is asked for again. */
  private KeyReading reading(OperationRun run) {
    KeyReading entry = run.fresh();
    for (int more = 0; more < MORE_READINGS && hasFault(entry); more++) {
      entry = run.fresh();
    }
    return entry;
  }

  private boolean hasFault(KeyReading entry) {
    return entry.snapshot().version(version).flatMap(KeyVersion::publicKeyFault).isPresent();
  }

  private KeyState target(KeyReading entry, KeyVersion found) {
    return switch (change) {
      case RETIRE -> retiredState(entry, found);
      case DISABLE -> KeyState.DISABLED;
      case ENABLE -> enabledState(entry, found);
      case DESTROY, DESTROY_MOVED -> {
        requireNotActive(entry, found);
        yield KeyState.DESTROYED;
      }
    };
  }

  @Override
  public KeyInfo carryOut(Prepared prepared, OperationRun run) {
    CachedKey slot = run.slot();
    KeyState state = prepared.state();
    KeyVersionRef ref = prepared.entry().snapshot().ref(prepared.version());
    KeySnapshot snapshot =
        run.change(
            "put version " + version + " of key " + slot.name() + " into state " + state,
            call -> prepared.changer().changeState(ref, state, call));
    KeyReading changed = slot.written(snapshot);
    changed.requireRetired(version, state);
    run.details(details(prepared, run.backend()));
    return changed.info(run.rules().life());
  }

  private static Map<String, String> details(Prepared prepared, OpenBackend backend) {
    Map<String, String> details = new TreeMap<>();
    // Rotations of earlier releases have not recorded it.
    boolean destroyed = prepared.state() == KeyState.DESTROYED;
    // A backend that forgets it may tell none of what is switched off already.
    boolean hidden = prepared.state() == KeyState.DISABLED && RecordedKey.forgotten(backend);
    if (destroyed || hidden) {
      details.putAll(RecordedKey.of(prepared.entry().snapshot(), prepared.version(), backend));
    }
    if (destroyed) {
      // A start looks for versions that are there again; two stores may have keys of one name.
      details.put("authority", backend.description().authority());
    }
    details.put("from", prepared.version().state().name());
    details.put("to", prepared.state().name());
    return details;
  }

  /** The version that was active last is the way back; older ones end as those of other keys. */
  private static void requireNotMoved(KeyReading entry, KeyVersion version, EnvironmentType here) {
    Optional<KeyHandle> to = entry.snapshot().movedTo();
    boolean older =
        entry.snapshot().versions().stream()
            .dropWhile(other -> !other.id().equals(version.id()))
            .skip(1)
            .anyMatch(ChangeStateOperation::wasActive);
    if (to.isPresent() && !older && here.isStrict()) {
      throw Texts.MOVED_IS_DESTROYED_BY_PLAN.as(
          ErrorCode.MIGRATION_NOT_APPROVED, version.id(), entry.snapshot().name(), to.get(), here);
    }
  }

  /** One that was given up before it signed is destroyed and was never activated. */
  private static boolean wasActive(KeyVersion version) {
    return version.state() != KeyState.PENDING
        && (version.state() != KeyState.DESTROYED || version.activatedAt().isPresent());
  }

  /** Two steps, so that one slip does not end a key for good. */
  private static void requireNotActive(KeyReading entry, KeyVersion version) {
    if (version.state() == KeyState.ACTIVE) {
      throw Texts.ACTIVE_NOT_DESTROYED.as(
          ErrorCode.VERSION_ACTIVE, version.id(), entry.snapshot().name());
    }
  }

  /** What was disabled meanwhile, perhaps as compromised, is not enabled again. */
  private static KeyState retiredState(KeyReading entry, KeyVersion version) {
    if (version.state() != KeyState.ACTIVE && version.state() != KeyState.VERIFY_ONLY) {
      throw Texts.CHANGED_WHILE_MIGRATED.as(
          ErrorCode.MIGRATION_PLAN_OUTDATED,
          version.id(),
          entry.snapshot().name(),
          version.state());
    }
    return KeyState.VERIFY_ONLY;
  }

  /** Active if nothing else is and no newer version could be, else verify-only. */
  private static KeyState enabledState(KeyReading entry, KeyVersion version) {
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

  private static void requireReachable(KeyReading entry, KeyVersion version, KeyState state) {
    boolean wrong =
        (version.state() == KeyState.DESTROYED && state != KeyState.DESTROYED)
            || (version.state() == KeyState.PENDING && state != KeyState.DESTROYED);
    if (wrong) {
      throw Texts.STATE_NOT_REACHABLE.as(
          ErrorCode.KEY_NOT_ACTIVE, version.id(), entry.snapshot().name(), version.state(), state);
    }
  }
}

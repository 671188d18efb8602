package dev.enclave.core.internal.key;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.auditlog.records.DestroyedVersions;
import dev.enclave.core.internal.config.NamedKey;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Versions that the audit log says were destroyed and that are there again: a record of the key's
 * store was put back while no process ran. None is known before the log is read. Thread-safe.
 *
 * <p>Only of backends whose records the application's surroundings keep, and which use keys in this
 * process. A provider that destroys after a waiting time may undo it on its owner's behalf.
 */
public final class ReappearedVersions {

  private final Set<NamedKey> restored = ConcurrentHashMap.newKeySet();
  private volatile DestroyedVersions destroyed = DestroyedVersions.NONE;

  /**
   * A version that is there again.
   *
   * @param observed what was seen, as a clause
   * @param fix what to do
   */
  public record Found(String observed, String fix) {}

  /** Takes what the log says. */
  public void known(DestroyedVersions read) {
    destroyed = read;
  }

  /** Takes that this process has taken a key in, whose record the log may not have yet. */
  public void restored(CachedKey slot) {
    restored.add(named(slot));
  }

  /**
   * Refuses to use a version that the log says was destroyed.
   *
   * @throws IntegrityException ({@link ErrorCode#KEY_DATA_CORRUPT})
   */
  public void refuse(CachedKey slot, KeyVersion version) {
    Optional<Instant> at = at(slot, version);
    if (at.isPresent()) {
      throw Texts.DESTROYED_NOT_USED.as(
          ErrorCode.KEY_DATA_CORRUPT, version.id(), slot.name(), shown(at.get()), version.state());
    }
  }

  /** Those of a key's newest reading. */
  public List<Found> in(CachedKey slot) {
    return slot.newest().stream()
        .flatMap(entry -> entry.snapshot().versions().stream())
        .filter(version -> version.state() != KeyState.DESTROYED)
        .flatMap(version -> at(slot, version).map(at -> found(slot.name(), version, at)).stream())
        .toList();
  }

  private Optional<Instant> at(CachedKey slot, KeyVersion version) {
    OpenBackend backend = slot.backend();
    return restored.contains(named(slot))
        ? Optional.empty()
        : destroyed.at(backend.id(), backend.description().authority(), slot.name(), version);
  }

  private static NamedKey named(CachedKey slot) {
    return new NamedKey(slot.backend().id(), slot.name());
  }

  private static Found found(KeyName key, KeyVersion version, Instant at) {
    return new Found(
        Texts.DESTROYED_FOUND_AGAIN.observed(version.id(), key, shown(at), version.state()),
        Texts.DESTROYED_FOUND_AGAIN.advice(version.id(), key, shown(at), version.state()));
  }

  private static Instant shown(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS);
  }
}

package dev.enclave.emulators.internal.azure.keys.model;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.lag.Lagging;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The keys and the deleted keys by their names, whatever the case ("About keys, secrets and
 * certificates", Vault-name and Object-name). Thread-safe.
 */
public final class KeyVault {

  /**
   * A deleted key ("Azure Key Vault soft-delete overview").
   *
   * @param purged when it is gone for good
   * @param visible from when on it is found among the deleted ones
   */
  public record Deleted(KeyEntry key, Instant at, Instant purged, Instant visible) {}

  private static final Pattern NAME = Pattern.compile("[0-9a-zA-Z-]{1,127}");

  private final Duration retention;
  private final Duration deletionLag;
  private final Duration lag;
  private final InstantSource clock;
  private final Map<String, Lagging<KeyEntry>> keys = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Set<String> withPolicy = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, Deleted> deleted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Replication replication = new Replication();

  /**
   * Without keys.
   *
   * @param retention how long deleted keys can be recovered
   * @param deletionLag how long deleting and recovering take
   * @param lag how late readers see what was created or changed ("Azure Key Vault throttling
   *     guidance": for vaults with additional throughput capacity "within 60 seconds", for others
   *     "immediately")
   * @param clock by which versions are made
   */
  public KeyVault(Duration retention, Duration deletionLag, Duration lag, InstantSource clock) {
    this.retention = retention;
    this.deletionLag = deletionLag;
    this.lag = lag;
    this.clock = clock;
  }

  /**
   * Makes two vaults the regions of one managed HSM ("Enable multi-region replication on Azure
   * Managed HSM": "Any write operation ... may take up to 6 minutes before both regions are fully
   * replicated"). Before any key is in them.
   */
  public static void join(KeyVault one, KeyVault other, Duration late) {
    one.replication.to(other, late);
    other.replication.to(one, late);
  }

  /** Something of the other region's; without this one's lock, which the other may not wait for. */
  void expect(Instant at, Runnable change) {
    replication.expect(at, change);
  }

  /** Takes what the other region wrote and has arrived by now. */
  public synchronized void receive(Instant now) {
    replication.receive(now);
  }

  /** "Object-name: a 1-127 character string, containing only 0-9, a-z, A-Z, and -." */
  public static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw AzureFailure.badParameter(
          "The key name '" + name + "' is not 1 to 127 letters, digits and hyphens.");
    }
  }

  /** Fails if a deleted key has the name ("Conflict", ObjectIsDeletedButRecoverable). */
  public synchronized void requireNotDeleted(String name, Instant now) {
    Deleted old = deleted.get(name);
    if (old != null) {
      throw now.isBefore(old.visible())
          ? conflict("ObjectIsBeingDeleted", "Key " + name + " is currently being deleted.")
          : conflict(
              "ObjectIsDeletedButRecoverable",
              "Key "
                  + name
                  + " is currently in a deleted but recoverable state, and its name cannot be"
                  + " reused; in this state, the key can only be recovered or purged.");
    }
    if (latest(name).filter(key -> now.isBefore(key.visible())).isPresent()) {
      throw conflict("ObjectIsBeingRecovered", "Key " + name + " is currently being recovered.");
    }
  }

  private Optional<KeyEntry> latest(String name) {
    return Optional.ofNullable(keys.get(name)).flatMap(Lagging::latest);
  }

  private void set(KeyEntry key, Instant now) {
    if (key.policy().isPresent()) {
      withPolicy.add(key.name());
    }
    Lagging<KeyEntry> old = keys.get(key.name());
    if (old == null) {
      keys.put(key.name(), new Lagging<>(lag, key, now));
    } else {
      old.set(Optional.of(key), now);
    }
  }

  private void setInAllRegions(KeyEntry key, Instant now) {
    set(key, now);
    replication.send(now, other -> other.merge(key, now));
  }

  /** What was deleted here stays so, whatever was written elsewhere before that was known. */
  private void merge(KeyEntry theirs, Instant written) {
    if (!deleted.containsKey(theirs.name())) {
      set(latest(theirs.name()).map(ours -> ours.merged(theirs)).orElse(theirs), written);
    }
  }

  /**
   * A new key, or a new version of the key that there is. Its time is that at which readers see it,
   * or would without a lag: who has waited since then sees every version of that time.
   */
  public synchronized KeyEntry add(String name, Function<Instant, KeyVersion> made) {
    Instant now = clock.instant();
    requireNotDeleted(name, now);
    KeyVersion version = made.apply(now);
    KeyEntry key =
        latest(name).map(old -> old.with(version)).orElseGet(() -> KeyEntry.of(name, version));
    setInAllRegions(key, now);
    return key;
  }

  /** A key with all its versions, where none of that name is. */
  public synchronized void put(KeyEntry key, Instant now) {
    requireNotDeleted(key.name(), now);
    if (latest(key.name()).isPresent()) {
      throw AzureFailure.of(
          409, "Conflict", "A key with the name " + key.name() + " already exists in this vault.");
    }
    setInAllRegions(key, now);
  }

  public synchronized KeyEntry change(String name, Instant now, UnaryOperator<KeyEntry> change) {
    KeyEntry changed =
        change.apply(
            latest(name)
                .filter(key -> !now.isBefore(key.visible()))
                .orElseThrow(() -> notFound(name)));
    setInAllRegions(changed, now);
    return changed;
  }

  public synchronized KeyEntry key(String name, Instant now) {
    return Optional.ofNullable(keys.get(name))
        .flatMap(key -> key.visible(now))
        .filter(key -> !now.isBefore(key.visible()))
        .orElseThrow(() -> notFound(name));
  }

  /** A version of a key; for an empty id the current one. */
  public synchronized KeyVersion version(KeyEntry key, String id) {
    return id.isEmpty()
        ? key.current()
        : key.version(id).orElseThrow(() -> notFound(key.name() + "/" + id));
  }

  /** Those that may have to be rotated. */
  public synchronized List<KeyEntry> allWithPolicy(Instant now) {
    return withPolicy.stream()
        .flatMap(name -> latest(name).stream())
        .filter(key -> !now.isBefore(key.visible()))
        .toList();
  }

  /** By name. */
  public synchronized List<KeyEntry> all(Instant now) {
    return keys.values().stream()
        .flatMap(key -> key.visible(now).stream())
        .filter(key -> !now.isBefore(key.visible()))
        .toList();
  }

  public synchronized Deleted delete(String name, Instant now) {
    KeyEntry key = key(name, now);
    Deleted gone = new Deleted(key, now, now.plus(retention), now.plus(deletionLag));
    setDeleted(gone);
    replication.send(now, other -> other.setDeleted(gone));
    return gone;
  }

  private void setDeleted(Deleted gone) {
    keys.remove(gone.key().name());
    deleted.put(gone.key().name(), gone);
  }

  public synchronized Deleted deletedKey(String name, Instant now) {
    return Optional.ofNullable(deleted.get(name))
        .filter(old -> !now.isBefore(old.visible()))
        .orElseThrow(() -> notFound(name));
  }

  /** By name. */
  public synchronized List<Deleted> allDeleted(Instant now) {
    return deleted.values().stream().filter(old -> !now.isBefore(old.visible())).toList();
  }

  public synchronized KeyEntry recover(String name, Instant now) {
    KeyEntry key = deletedKey(name, now).key().visibleFrom(now.plus(deletionLag));
    deleted.remove(name);
    replication.send(now, other -> other.deleted.remove(name));
    setInAllRegions(key, now);
    return key;
  }

  public synchronized void purge(String name, Instant now) {
    deletedKey(name, now);
    deleted.remove(name);
    replication.send(now, other -> other.deleted.remove(name));
  }

  /** "At the end of the retention interval" the system purges by itself. */
  public synchronized void purgeDue(Instant now) {
    deleted.values().removeIf(old -> !now.isBefore(old.purged()));
  }

  private static AzureFailure conflict(String inner, String message) {
    return AzureFailure.of(409, "Conflict", inner, message);
  }

  private static AzureFailure notFound(String name) {
    return AzureFailure.of(
        404,
        "KeyNotFound",
        "A key with (name/id) "
            + name
            + " was not found in this key vault. If you recently deleted this key you may be able"
            + " to recover it.");
  }
}

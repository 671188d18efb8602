package dev.enclave.emulators.internal.aws.kms.model;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.lag.Lagging;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * All keys and aliases of the account and Region, in the order of their names, which is the order
 * of lists. Thread-safe; nothing here looks at every key.
 */
public final class Keys {

  private record Deletion(Instant when, String keyId) {}

  private final Lags lags;
  private final ConcurrentSkipListMap<String, KmsKey> keys = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<String, Lagging<AliasEntry>> aliases =
      new ConcurrentSkipListMap<>();
  private final Queue<Deletion> deletions =
      new PriorityQueue<>(Comparator.comparing(Deletion::when));
  private volatile Instant nextDeletion = Instant.MAX;

  public Keys(Lags lags) {
    this.lags = lags;
  }

  public Lags lags() {
    return lags;
  }

  public void add(KmsKey key) {
    keys.put(key.id(), key);
  }

  public int count() {
    return keys.size();
  }

  /** The key of that id, if readers see it. */
  public Optional<KmsKey> find(String id, Instant now) {
    return Optional.ofNullable(keys.get(id)).filter(key -> key.visible(now));
  }

  /** Keys after that id, in order; some of which readers may not see yet. */
  public NavigableMap<String, KmsKey> after(String id) {
    return keys.tailMap(id, false);
  }

  /** Where the alias of that name points, as readers see it. */
  public Optional<AliasEntry> alias(String name, Instant now) {
    return Optional.ofNullable(aliases.get(name)).flatMap(entry -> entry.visible(now));
  }

  /** Aliases after that name, in order. */
  public NavigableMap<String, Lagging<AliasEntry>> aliasesAfter(String name) {
    return aliases.tailMap(name, false);
  }

  /** Makes an alias, at once and only once, whatever readers see. */
  public void createAlias(String name, KmsKey key, Instant now, AwsFailure conflict) {
    AliasEntry entry = new AliasEntry(key.id(), now, now);
    synchronized (aliases) {
      Lagging<AliasEntry> existing = aliases.get(name);
      if (existing == null) {
        aliases.put(name, new Lagging<>(lags.reads(), entry, now));
      } else if (existing.latest().isEmpty()) {
        existing.set(Optional.of(entry), now);
      } else {
        throw conflict;
      }
      key.named(name, now);
    }
  }

  /** Changes or, by an empty answer, removes an alias that is there. */
  public void changeAlias(
      String name,
      Instant now,
      AwsFailure notFound,
      Function<AliasEntry, Optional<AliasEntry>> change) {
    synchronized (aliases) {
      Lagging<AliasEntry> existing = aliases.get(name);
      if (existing == null || existing.latest().isEmpty()) {
        throw notFound;
      }
      AliasEntry old = existing.latest().orElseThrow();
      Optional<AliasEntry> changed = change.apply(old);
      unlink(old.keyId(), name, now);
      changed.map(AliasEntry::keyId).map(keys::get).ifPresent(key -> key.named(name, now));
      existing.set(changed, now);
      if (existing.forgotten(now)) {
        aliases.remove(name);
      }
    }
  }

  private void unlink(String keyId, String alias, Instant now) {
    Optional.ofNullable(keys.get(keyId)).ifPresent(key -> key.unnamed(alias, now));
  }

  public void scheduleDeletion(KmsKey key, Instant when) {
    synchronized (deletions) {
      key.scheduleDeletion(when);
      deletions.add(new Deletion(when, key.id()));
      nextDeletion = deletions.element().when();
    }
  }

  /**
   * KMS API Reference, ScheduleKeyDeletion: "After the waiting period ends, KMS deletes the KMS
   * key", and "all aliases that refer to it".
   */
  public void deleteDue(Instant now) {
    if (now.isBefore(nextDeletion)) {
      return;
    }
    synchronized (deletions) {
      for (Deletion due = deletions.peek();
          due != null && !now.isBefore(due.when());
          due = deletions.peek()) {
        deletions.remove();
        KmsKey key = keys.get(due.keyId());
        if (key != null && key.deletion().filter(due.when()::equals).isPresent()) {
          keys.remove(key.id());
          synchronized (aliases) {
            key.aliases().forEach(aliases::remove);
          }
        }
      }
      nextDeletion = Optional.ofNullable(deletions.peek()).map(Deletion::when).orElse(Instant.MAX);
    }
  }

  /** All keys by id. */
  public Map<String, KmsKey> all() {
    return keys;
  }
}

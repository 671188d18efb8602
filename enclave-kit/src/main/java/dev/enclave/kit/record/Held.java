package dev.enclave.kit.record;

import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.BackendFailure;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this process holds of one key: its newest reading, the private halves that were opened, and
 * the latest state ever seen. Thread-safe.
 */
final class Held {

  /** Held by the thread that reads the key for all that wait for it. */
  final ReentrantLock flight = new ReentrantLock();

  /** How many flights have ended. */
  private final AtomicInteger flights = new AtomicInteger();

  private volatile @Nullable BackendFailure lastFailure;
  private final ConcurrentMap<String, LocalKey> opened = new ConcurrentHashMap<>();
  private volatile @Nullable Reading reading;
  private @Nullable Manifest seen;
  private volatile boolean inDoubt;
  private boolean discarded;

  /** The newest reading, however old it is. */
  @Nullable Reading reading() {
    return reading;
  }

  /** The latest state of the key that this process has seen. */
  synchronized @Nullable Manifest seen() {
    return seen;
  }

  int flights() {
    return flights.get();
  }

  /** How the last flight failed; none if it did not. */
  @Nullable BackendFailure lastFailure() {
    return lastFailure;
  }

  /** Notes, under {@link #flight}, how a flight has ended. */
  void ended(@Nullable BackendFailure failure) {
    lastFailure = failure;
    flights.incrementAndGet();
  }

  /** What became of a reading that was to be kept. */
  enum Kept {
    YES,
    /** This process has seen a later state of the key. */
    OUTDATED,
    /** Its data key was overwritten meanwhile. */
    OVERWRITTEN,
    /** This object was discarded; another holds the key now. */
    DISCARDED
  }

  /**
   * Keeps a reading in place of an older one, with all that is still of use. Overwrites the data
   * key of one that is not kept, unless it is the kept one's too.
   */
  synchronized Kept keep(Reading newer) {
    if (discarded) {
      return Kept.DISCARDED;
    }
    Reading older = reading;
    boolean same = older != null && older.key() == newer.key();
    boolean outdated = seen != null && newer.manifest().precedes(seen);
    if (outdated || newer.key().isClosed()) {
      if (!same) {
        newer.key().close();
      }
      return outdated ? Kept.OUTDATED : Kept.OVERWRITTEN;
    }
    if (older != null && !same) {
      older.key().close();
    }
    seen = newer.manifest();
    reading = newer;
    inDoubt = false;
    opened.forEach(
        (section, key) -> {
          if (!mayKeep(newer.manifest(), section)) {
            opened.remove(section);
            key.close();
          }
        });
    return Kept.YES;
  }

  private static boolean mayKeep(Manifest manifest, String section) {
    return manifest.versions().stream()
        .anyMatch(version -> version.section().equals(section) && version.state().mayConsume());
  }

  /** Notes that a write has failed of which nobody knows whether it happened. */
  synchronized void doubt() {
    inDoubt = true;
  }

  /** Whether that was so since the newest reading. */
  boolean inDoubt() {
    return inDoubt;
  }

  /** The private half of a version, if it is open. */
  @Nullable LocalKey privateKey(VersionEntry version) {
    return opened.get(version.section());
  }

  /**
   * Keeps a private half that was just opened, which it takes over.
   *
   * @return the one that is kept, perhaps another thread's
   * @throws SupersededException when it may not be kept any more
   */
  synchronized LocalKey keep(Reading by, VersionEntry version, LocalKey key)
      throws SupersededException {
    Reading newest = reading;
    if (newest == null || by.key().isClosed() || !mayKeep(newest.manifest(), version.section())) {
      key.close();
      throw new SupersededException();
    }
    LocalKey first = opened.putIfAbsent(version.section(), key);
    if (first == null) {
      return key;
    }
    key.close();
    return first;
  }

  /**
   * Gives this object up, under {@link #flight}, if no such key was ever seen: names that somebody
   * asks for are not to fill the memory.
   */
  synchronized boolean discard() {
    discarded |= seen == null;
    return discarded;
  }

  synchronized boolean isDiscarded() {
    return discarded;
  }

  /** Overwrites everything secret; what was seen is remembered. */
  synchronized void overwrite() {
    Reading newest = reading;
    if (newest != null) {
      newest.key().close();
    }
    reading = null;
    opened.values().forEach(LocalKey::close);
    opened.clear();
  }

  /** As {@link #overwrite}, if this is still the newest reading. */
  @SuppressWarnings("ReferenceEquality") // this very reading
  synchronized void overwrite(Reading over) {
    if (reading == over) {
      overwrite();
    }
  }
}

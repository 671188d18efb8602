package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.crypto.LocalKey;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.RecordKek.Wrapped;
import dev.enclave.kit.record.SealedRecord.Head;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.spi.record.StoredRecord;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a store as this process has read them, with what it opened of them.
 *
 * <p>A reading of a local store is used again as long as the store knows that the record is
 * unchanged, and for two seconds at most, so that a record changed past Enclave is noticed too.
 * What was read of a remote store is used until something newer is read. Whatever a data key opened
 * is kept for {@link RecordKek#lifetime} at most. Of many threads that need a key opened, one does
 * it for all. Thread-safe.
 */
final class KeyRecords implements AutoCloseable {

  private static final long LONGEST_UNREAD = Duration.ofSeconds(2).toNanos();

  private final RecordStore store;
  private final BackendContext context;
  final RecordOpener opener;
  private final boolean remote;
  private final long lifetime;
  private final ConcurrentMap<KeyName, Held> keys = new ConcurrentHashMap<>();
  private volatile long sweptAt;

  KeyRecords(RecordStore store, RecordKek kek, BackendContext context) {
    this.store = store;
    this.context = context;
    this.opener = new RecordOpener(store, kek, context);
    this.remote = store.isRemote();
    this.lifetime = kek.lifetime().toNanos();
    this.sweptAt = now();
  }

  private long now() {
    return context.time().nanoTime();
  }

  private Held held(KeyName name) {
    Held held = keys.get(name);
    return held != null ? held : keys.computeIfAbsent(name, unused -> new Held());
  }

  /** The newest reading; one that is older than it may be is overwritten instead. */
  private @Nullable Reading newest(Held held) {
    Reading newest = held.reading;
    if (newest == null
        || lifetime == Long.MAX_VALUE
        || now() - newest.key().openedAt() < lifetime) {
      return newest;
    }
    held.overwrite(newest);
    return null;
  }

  /** Overwrites what is older than it may be; looks for that four times a lifetime at most. */
  void overwriteExpired() {
    if (lifetime == Long.MAX_VALUE) {
      return;
    }
    long now = now();
    if (now - sweptAt >= lifetime / 4) {
      sweptAt = now;
      keys.values().forEach(this::newest);
    }
  }

  /**
   * What a signature goes by: the newest reading there is of a remote store, a current one of a
   * local store.
   *
   * @throws BackendFailure NOT_FOUND when there is no key
   */
  Reading use(KeyName name, CallContext call) throws BackendFailure {
    Held held = held(name);
    Reading newest = newest(held);
    if (newest != null && isOfUse(held, newest)) {
      return newest;
    }
    try {
      return flying(name, call, null).orElseThrow(() -> missing(name));
    } catch (BackendFailure e) {
      Reading kept = newest(held(name));
      if (remote && kept != null && e.failureClass() != FailureClass.PERMANENT) {
        return kept;
      }
      throw e;
    }
  }

  private boolean isOfUse(Held held, Reading alive) {
    return remote
        ? !held.inDoubt
        : now() - alive.readAt() < LONGEST_UNREAD && store.isUnchanged(alive.stored());
  }

  private BackendFailure missing(KeyName name) {
    return Texts.NO_RECORD
        .permanent(FailureCode.NOT_FOUND, name, store.place())
        .naming(store.place());
  }

  /**
   * The key as the store has it now.
   *
   * @throws BackendFailure NOT_FOUND when there is none
   */
  Reading read(KeyName name, CallContext call) throws BackendFailure {
    return find(name, call).orElseThrow(() -> missing(name));
  }

  /** The key as the store has it now, if there is one. */
  Optional<Reading> find(KeyName name, CallContext call) throws BackendFailure {
    Held held = held(name);
    Reading newest = newest(held);
    return newest != null && !remote && isOfUse(held, newest)
        ? Optional.of(newest)
        : findAnew(name, call);
  }

  /**
   * How the data key of a key is wrapped as the store has it now, not authenticated: nothing is
   * opened or kept.
   *
   * @throws BackendFailure NOT_FOUND, CORRUPT
   */
  Wrapped wrapped(KeyName name, CallContext call) throws BackendFailure {
    StoredRecord stored = store.find(name, call).orElseThrow(() -> missing(name));
    return opener.parse(name, stored.content()).dataKey();
  }

  /**
   * What the store said of a key.
   *
   * @param record none if there is no such key
   * @param at when it was asked
   */
  private record Found(Optional<StoredRecord> record, long at) {}

  private Found ask(KeyName name, CallContext call) throws BackendFailure {
    long at = now();
    return new Found(store.find(name, call), at);
  }

  /** As {@link #find}, from the store in any case. */
  private Optional<Reading> findAnew(KeyName name, CallContext call) throws BackendFailure {
    Found found = ask(name, call);
    Held held = held(name);
    Reading newest = newest(held);
    if (newest != null && found.record().filter(newest.stored()::equals).isPresent()) {
      Reading again = newest.readAgain(found.record().get(), found.at());
      if (held.keep(again) == Kept.YES) {
        return Optional.of(again);
      }
    }
    return flying(name, call, found);
  }

  /** Opens what was found; or, where nothing was looked for, what a flight of others brings. */
  private Optional<Reading> flying(KeyName name, CallContext call, @Nullable Found found)
      throws BackendFailure {
    while (true) {
      Held held = held(name);
      int before = held.flights.get();
      lock(held, before, name, call);
      try {
        if (!held.discarded) {
          return joined(held, before, name, call, found);
        }
      } finally {
        held.flight.unlock();
      }
    }
  }

  /** Who waits for a flight that does not end waits for the store, or for the key's own KEK. */
  private void lock(Held held, int before, KeyName name, CallContext call) throws BackendFailure {
    try {
      if (!held.flight.tryLock(call.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw held.flights.get() > before || opener.crowded()
            ? late(name)
            : Texts.STILL_READING.transientFailure(FailureCode.TIMEOUT, name);
      }
    } catch (InterruptedException e) {
      throw RecordOpener.interrupted(name);
    }
  }

  private Optional<Reading> joined(
      Held held, int before, KeyName name, CallContext call, @Nullable Found found)
      throws BackendFailure {
    if (found == null) {
      Reading newest = newest(held);
      if (newest != null && isOfUse(held, newest)) {
        return Optional.of(newest);
      }
      BackendFailure failure = held.lastFailure;
      if (failure != null && held.flights.get() > before) {
        throw failure;
      }
    }
    @Nullable BackendFailure failure = null;
    try {
      return taken(held, name, call, found != null ? found : ask(name, call));
    } catch (BackendFailure e) {
      failure = e;
      throw e;
    } finally {
      held.lastFailure = failure;
      held.flights.incrementAndGet();
    }
  }

  /** Keeps what was found, if it is not older than what this process has seen. */
  private Optional<Reading> taken(Held held, KeyName name, CallContext call, Found found)
      throws BackendFailure {
    Found latest = found;
    boolean first = true;
    // What this process had seen before it looked: a record that is older was put back. Other
    // threads may see more while this one reads and opens what it found.
    @Nullable Manifest seen = null;
    while (true) {
      if (latest.record().isEmpty() && (!first || held.reading == null)) {
        held.overwrite();
        if (held.discard()) {
          keys.remove(name, held);
        }
        return Optional.empty();
      }
      Optional<Reading> opened =
          latest.record().isPresent()
              ? opened(held, name, latest.record().get(), latest.at(), call)
              : Optional.empty();
      if (opened.isPresent()) {
        Kept kept = held.keep(opened.get());
        if (kept == Kept.YES) {
          return opened;
        }
        Manifest manifest = opened.get().manifest();
        if (kept == Kept.OUTDATED && seen != null && manifest.precedes(seen)) {
          throw opener.putBack(manifest, seen);
        }
      }
      requireTime(name, call);
      seen = held.seen;
      latest = ask(name, call);
      first = false;
    }
  }

  /** None when the data key at hand was overwritten meanwhile. */
  private Optional<Reading> opened(
      Held held, KeyName name, StoredRecord stored, long readAt, CallContext call)
      throws BackendFailure {
    Reading newest = newest(held);
    if (newest != null && newest.stored().equals(stored)) {
      return Optional.of(newest.readAgain(stored, readAt));
    }
    SealedRecord sealed = opener.parse(name, stored.content());
    boolean known = newest != null && newest.key().opens(sealed);
    RecordKey key = known && newest != null ? newest.key() : opener.open(name, sealed, call);
    boolean kept = known;
    try {
      Manifest manifest = opener.manifest(name, sealed, key);
      kept = true;
      return Optional.of(new Reading(stored, sealed, manifest, key, readAt));
    } catch (SupersededException e) {
      return Optional.empty();
    } finally {
      if (!kept) {
        key.close();
      }
    }
  }

  /**
   * The private half of a version, opened once and kept.
   *
   * @throws SupersededException when the reading is not the newest any more
   */
  LocalKey privateKey(Reading reading, VersionEntry version)
      throws BackendFailure, SupersededException {
    Held held = held(reading.manifest().name());
    LocalKey known = held.opened.get(version.section());
    return known != null ? known : held.keep(reading, version, opener.privateKey(reading, version));
  }

  /**
   * Writes a key's first record.
   *
   * @param halves the private halves by section; stay the caller's
   * @return false when there is one already
   */
  boolean create(Manifest manifest, Map<String, LocalKey> halves, CallContext call)
      throws BackendFailure {
    return underFresh(
            manifest,
            call,
            key -> written(null, manifest, opener.whole(key, manifest, halves, null), key, call))
        .isPresent();
  }

  /** A change of a key: its manifest as it is to be, or nothing if nothing is to be written. */
  interface Change {
    Optional<Manifest> of(Reading current) throws BackendFailure, SupersededException;
  }

  /**
   * Changes a key: reads, lets {@code change} decide, and replaces what was read; from the
   * beginning if somebody else came first, until the deadline.
   *
   * @return the key as it is now, durably
   */
  Reading change(KeyName name, CallContext call, Change change) throws BackendFailure {
    return changed(name, null, Map.of(), call, change);
  }

  /**
   * The same, with the whole record sealed under a fresh data key.
   *
   * @param before as the key was read last
   * @param added private halves by section, of versions that the change adds; stay the caller's
   */
  Reading changeAnew(Manifest before, Map<String, LocalKey> added, CallContext call, Change change)
      throws BackendFailure {
    return underFresh(
            before, call, key -> Optional.of(changed(before.name(), key, added, call, change)))
        .orElseThrow();
  }

  /** What is done with a data key that was just made. */
  private interface Sealing {
    Optional<Reading> with(RecordKey key) throws BackendFailure, SupersededException;
  }

  /**
   * Seals under a fresh data key, and overwrites that unless a record under it is there now. Where
   * the key-encryption key was replaced meanwhile, nothing was written: then with another one.
   */
  private Optional<Reading> underFresh(Manifest of, CallContext call, Sealing sealing)
      throws BackendFailure {
    Head head =
        new Head(store.storeId(), of.name().value(), of.algorithm().name(), of.stamp().name());
    while (true) {
      RecordKey key = opener.fresh(of.name(), head, call);
      boolean used = false;
      try {
        Optional<Reading> now = sealing.with(key);
        used = now.filter(reading -> reading.key() == key).isPresent();
        return now;
      } catch (SupersededException e) {
        throw new IllegalStateException("a fresh data key was closed", e);
      } catch (BackendFailure e) {
        if (e.failureClass() != FailureClass.TRANSIENT || e.code() != FailureCode.CONFLICT) {
          throw e;
        }
        requireTime(of.name(), call);
      } finally {
        if (!used) {
          key.close();
        }
      }
    }
  }

  private Reading changed(
      KeyName name,
      @Nullable RecordKey fresh,
      Map<String, LocalKey> added,
      CallContext call,
      Change change)
      throws BackendFailure {
    Reading current = read(name, call);
    while (true) {
      try {
        Optional<Manifest> manifest = change.of(current);
        if (manifest.isEmpty()) {
          store.settle(name, call);
          return current;
        }
        RecordKey key = fresh != null ? fresh : current.key();
        SealedRecord sealed = opener.whole(key, manifest.get(), added, current);
        Optional<Reading> written = written(current.stored(), manifest.get(), sealed, key, call);
        if (written.isPresent()) {
          return written.get();
        }
      } catch (SupersededException e) {
        // Read again, as after a conflict.
      }
      requireTime(name, call);
      current = findAnew(name, call).orElseThrow(() -> missing(name));
    }
  }

  /** Writes a record, unless something else is there than before: then it is nothing. */
  private Optional<Reading> written(
      @Nullable StoredRecord before,
      Manifest manifest,
      SealedRecord sealed,
      RecordKey key,
      CallContext call)
      throws BackendFailure {
    KeyName name = manifest.name();
    Bytes content = sealed.bytes();
    StoredRecord stored;
    try {
      stored =
          before == null ? store.create(name, content, call) : store.replace(before, content, call);
    } catch (BackendFailure e) {
      boolean other =
          before == null
              ? e.code() == FailureCode.ALREADY_EXISTS && findAnew(name, call).isPresent()
              : e.code() == FailureCode.CONFLICT && e.failureClass() == FailureClass.PERMANENT;
      if (other) {
        return Optional.empty();
      }
      if (e.failureClass() == FailureClass.AMBIGUOUS) {
        held(name).inDoubt = true;
      }
      throw e;
    }
    Reading reading = new Reading(stored, sealed, manifest, key, now());
    // If it is not kept, somebody has written or read something later since.
    while (held(name).keep(reading) == Kept.DISCARDED) {
      Thread.onSpinWait();
    }
    return Optional.of(reading);
  }

  /**
   * Returns if there is time to begin again.
   *
   * @throws BackendFailure LOCAL_LOAD if there is not
   */
  void requireTime(KeyName name, CallContext call) throws BackendFailure {
    if (call.expired()) {
      throw late(name);
    }
  }

  /** Others had the key until the deadline, one after the other. */
  private static BackendFailure late(KeyName name) {
    return BackendFailure.localLoad(Texts.STILL_USING.with(name));
  }

  /** Overwrites everything secret. */
  @Override
  public void close() {
    keys.values().forEach(Held::overwrite);
    keys.clear();
  }

  /** What became of a reading that was to be kept. */
  private enum Kept {
    YES,
    /** This process has seen a later state of the key. */
    OUTDATED,
    /** Its data key was overwritten meanwhile. */
    OVERWRITTEN,
    /** What held the key was discarded; another holds it now. */
    DISCARDED
  }

  /**
   * What this process holds of one key: its newest reading, the private halves that were opened,
   * and the latest state ever seen. Thread-safe.
   */
  private static final class Held {

    /** Held by the thread that reads the key for all that wait for it. */
    private final ReentrantLock flight = new ReentrantLock();

    /** How many flights have ended. */
    private final AtomicInteger flights = new AtomicInteger();

    /** How the last flight failed; none if it did not. */
    private volatile @Nullable BackendFailure lastFailure;

    /** The private halves that are open, by section. */
    private final ConcurrentMap<String, LocalKey> opened = new ConcurrentHashMap<>();

    /** The newest reading, however old it is. */
    private volatile @Nullable Reading reading;

    /** The latest state of the key that this process has seen. */
    private volatile @Nullable Manifest seen;

    /** Whether a write has failed since that reading of which nobody knows whether it happened. */
    private volatile boolean inDoubt;

    private volatile boolean discarded;

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
     * Gives this object up, under {@link #flight}, if no such key was ever seen: names that
     * somebody asks for are not to fill the memory.
     */
    synchronized boolean discard() {
      discarded = discarded || seen == null;
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
}

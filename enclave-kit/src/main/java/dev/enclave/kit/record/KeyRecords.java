package dev.enclave.kit.record;

import dev.enclave.KeyName;
import dev.enclave.crypto.LocalKey;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.Wrapped;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.spi.record.StoredRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
  private final RecordFailures failures;
  private final DataKeys dataKeys;
  private final RecordOpener opener;
  private final boolean remote;
  private final HeldKeys keys;

  KeyRecords(RecordStore store, RecordKek kek, BackendContext context) {
    this.store = store;
    this.context = context;
    this.failures = new RecordFailures(store, context.environment());
    this.dataKeys = new DataKeys(kek, failures, context.random());
    this.opener = new RecordOpener(store.storeId(), failures, context.random());
    this.remote = store.isRemote();
    this.keys = new HeldKeys(kek.lifetime(), context.time());
  }

  RecordFailures failures() {
    return failures;
  }

  /**
   * What a signature goes by: the newest reading there is of a remote store, a current one of a
   * local store.
   *
   * @throws BackendFailure NOT_FOUND when there is no key
   */
  Reading use(KeyName name, CallContext call) throws BackendFailure {
    Reading newest = keys.newest(keys.of(name));
    if (newest != null && isOfUse(newest)) {
      return newest;
    }
    try {
      return flying(name, call, null).orElseThrow(() -> failures.missing(name));
    } catch (BackendFailure e) {
      Reading kept = keys.newest(keys.of(name));
      if (remote && kept != null && e.failureClass() != FailureClass.PERMANENT) {
        return kept;
      }
      throw e;
    }
  }

  private boolean isOfUse(Reading alive) {
    return remote ? !alive.inDoubt() : isUnchanged(alive);
  }

  private boolean isUnchanged(Reading reading) {
    return context.time().nanoTime() - reading.readAt() < LONGEST_UNREAD
        && store.isUnchanged(reading.stored());
  }

  /**
   * The key as the store has it now.
   *
   * @throws BackendFailure NOT_FOUND when there is none
   */
  Reading read(KeyName name, CallContext call) throws BackendFailure {
    return find(name, call).orElseThrow(() -> failures.missing(name));
  }

  /** The key as the store has it now, if there is one. */
  Optional<Reading> find(KeyName name, CallContext call) throws BackendFailure {
    Reading newest = keys.newest(keys.of(name));
    return newest != null && !remote && isOfUse(newest)
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
    StoredRecord stored = store.find(name, call).orElseThrow(() -> failures.missing(name));
    return opener.parse(name, stored.content()).dataKey();
  }

  /** As {@link #find}, from the store in any case. */
  Optional<Reading> findAnew(KeyName name, CallContext call) throws BackendFailure {
    Found found = Found.in(store, name, call, context.time());
    Held held = keys.of(name);
    Reading newest = keys.newest(held);
    if (newest != null && found.record().filter(newest.stored()::equals).isPresent()) {
      Reading again = newest.readAgain(found.record().get(), found.at());
      if (held.keep(again) == Held.Kept.YES) {
        return Optional.of(again);
      }
    }
    return flying(name, call, found);
  }

  /** Opens what was found; or, where nothing was looked for, what a flight of others brings. */
  private Optional<Reading> flying(KeyName name, CallContext call, @Nullable Found found)
      throws BackendFailure {
    while (true) {
      Held held = keys.of(name);
      int before = held.flights();
      lock(held, before, name, call);
      try {
        if (!held.isDiscarded()) {
          return joined(held, before, name, call, found);
        }
      } finally {
        held.flight.unlock();
      }
    }
  }

  private Optional<Reading> joined(
      Held held, int before, KeyName name, CallContext call, @Nullable Found found)
      throws BackendFailure {
    Reading newest = keys.newest(held);
    if (found == null && newest != null && isOfUse(newest)) {
      return Optional.of(newest);
    }
    BackendFailure failure = held.lastFailure();
    if (found == null && failure != null && held.flights() > before) {
      throw failure;
    }
    return flown(held, name, call, found);
  }

  /** Who waits for a flight that does not end waits for the store, or for the key's own KEK. */
  private void lock(Held held, int before, KeyName name, CallContext call) throws BackendFailure {
    try {
      if (!held.flight.tryLock(call.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw held.flights() > before || dataKeys.crowded()
            ? RecordFailures.late(name)
            : RecordFailures.silent(name);
      }
    } catch (InterruptedException e) {
      throw RecordFailures.interrupted(name);
    }
  }

  private Optional<Reading> flown(Held held, KeyName name, CallContext call, @Nullable Found found)
      throws BackendFailure {
    @Nullable BackendFailure failure = null;
    try {
      return taken(
          held, name, call, found != null ? found : Found.in(store, name, call, context.time()));
    } catch (BackendFailure e) {
      failure = e;
      throw e;
    } finally {
      held.ended(failure);
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
      if (latest.record().isEmpty() && (!first || held.reading() == null)) {
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
        Held.Kept kept = held.keep(opened.get());
        if (kept == Held.Kept.YES) {
          return opened;
        }
        Manifest manifest = opened.get().manifest();
        if (kept == Held.Kept.OUTDATED && seen != null && manifest.precedes(seen)) {
          throw failures.putBack(manifest, seen);
        }
      }
      requireTime(name, call);
      seen = held.seen();
      latest = Found.in(store, name, call, context.time());
      first = false;
    }
  }

  /** None when the data key at hand was overwritten meanwhile. */
  private Optional<Reading> opened(
      Held held, KeyName name, StoredRecord stored, long readAt, CallContext call)
      throws BackendFailure {
    Reading newest = keys.newest(held);
    if (newest != null && newest.stored().equals(stored)) {
      return Optional.of(newest.readAgain(stored, readAt));
    }
    SealedRecord sealed = opener.parse(name, stored.content());
    boolean known = newest != null && newest.key().opens(sealed);
    long openedAt = known && newest != null ? newest.openedAt() : context.time().nanoTime();
    RecordKey key = known && newest != null ? newest.key() : dataKeys.open(name, sealed, call);
    boolean kept = known;
    try {
      Manifest manifest = opener.manifest(name, sealed, key);
      kept = true;
      return Optional.of(new Reading(stored, sealed, manifest, key, readAt, openedAt, false));
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
    Held held = keys.of(reading.manifest().name());
    LocalKey known = held.privateKey(version);
    return known != null ? known : held.keep(reading, version, opener.privateKey(reading, version));
  }

  /**
   * The private half of a version, which the caller closes.
   *
   * @throws SupersededException when the reading is not the newest any more
   */
  LocalKey openPrivateKey(Reading reading, VersionEntry version)
      throws BackendFailure, SupersededException {
    return opener.privateKey(reading, version);
  }

  /** A fresh data key, to seal drafts of a record under; closed by the caller until one is kept. */
  FreshKey fresh(Manifest manifest, CallContext call) throws BackendFailure {
    long openedAt = context.time().nanoTime();
    RecordHead head =
        RecordHead.of(store.storeId(), manifest.name(), manifest.algorithm(), manifest.stamp());
    return new FreshKey(dataKeys.fresh(manifest.name(), head, call), openedAt, opener);
  }

  /** A draft that differs from what was read in its manifest, and in what that destroys. */
  Draft draft(Reading reading, Manifest changed) throws SupersededException {
    return new Draft(changed, opener.changed(reading, changed), reading.key(), reading.openedAt());
  }

  /**
   * Writes a key's first record.
   *
   * @return none when there is one already
   */
  Optional<Reading> create(Draft draft, CallContext call) throws BackendFailure {
    KeyName name = draft.manifest().name();
    try {
      return Optional.of(written(draft, store.create(name, draft.sealed().bytes(), call)));
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.ALREADY_EXISTS && findAnew(name, call).isPresent()) {
        return Optional.empty();
      }
      throw doubting(name, e);
    }
  }

  /**
   * Writes a draft in place of what was read.
   *
   * @return none when something else is there by now
   */
  Optional<Reading> replace(Reading before, Draft draft, CallContext call) throws BackendFailure {
    try {
      return Optional.of(
          written(draft, store.replace(before.stored(), draft.sealed().bytes(), call)));
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.CONFLICT && e.failureClass() == FailureClass.PERMANENT) {
        return Optional.empty();
      }
      throw doubting(draft.manifest().name(), e);
    }
  }

  private Reading written(Draft draft, StoredRecord stored) {
    long now = context.time().nanoTime();
    Reading reading =
        new Reading(
            stored, draft.sealed(), draft.manifest(), draft.key(), now, draft.openedAt(), false);
    // If it is not kept, somebody has written or read something later since.
    while (keys.of(draft.manifest().name()).keep(reading) == Held.Kept.DISCARDED) {
      Thread.onSpinWait();
    }
    return reading;
  }

  private BackendFailure doubting(KeyName name, BackendFailure failure) {
    if (failure.failureClass() == FailureClass.AMBIGUOUS) {
      keys.of(name).doubt();
    }
    return failure;
  }

  /** Makes durable what was found done. */
  void settle(KeyName name, CallContext call) throws BackendFailure {
    store.settle(name, call);
  }

  /** A change of a key: what is to be written in place of what was read, if anything. */
  interface Change {
    Optional<Draft> of(Reading current) throws BackendFailure, SupersededException;
  }

  /**
   * Changes a key: reads, lets {@code change} decide, and replaces what was read; from the
   * beginning if somebody else came first, until the deadline.
   *
   * @return the key as it is now, durably
   */
  Reading change(KeyName name, CallContext call, Change change) throws BackendFailure {
    Reading current = read(name, call);
    while (true) {
      try {
        Optional<Draft> draft = change.of(current);
        if (draft.isEmpty()) {
          settle(name, call);
          return current;
        }
        Optional<Reading> written = replace(current, draft.get(), call);
        if (written.isPresent()) {
          return written.get();
        }
      } catch (SupersededException e) {
        // Read again, as after a conflict.
      }
      requireTime(name, call);
      current = findAnew(name, call).orElseThrow(() -> failures.missing(name));
    }
  }

  /**
   * Returns if there is time to begin again.
   *
   * @throws BackendFailure LOCAL_LOAD if there is not
   */
  void requireTime(KeyName name, CallContext call) throws BackendFailure {
    if (call.expired()) {
      throw RecordFailures.late(name);
    }
  }

  /** Overwrites what is older than it may be; looks for that four times a lifetime at most. */
  void overwriteExpired() {
    keys.overwriteExpired();
  }

  /** Overwrites everything secret. */
  @Override
  public void close() {
    keys.close();
  }
}

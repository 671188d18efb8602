package dev.enclave.software.internal;

import dev.enclave.KeyName;
import dev.enclave.claim.FileClaim;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may write: one thread per key, of all threads, class loaders and processes that have the
 * store open; and, by {@link ChangeCounters}, whether somebody did.
 *
 * <p>Every key has one lock and one counter of the same number, the store itself the first. A lock
 * has a file of its own, which is open while somebody holds it: the locks of a process on one file
 * would all go as soon as any of them is closed. Thread-safe.
 */
final class StoreLock {

  private static final Duration PAUSE = Duration.ofMillis(2);
  private static final int STORE = 0;
  private static final int KEYS = ChangeCounters.COUNT - 1;

  private final SecureFiles files;
  private final StoreLayout layout;
  private final TimeSource time;
  private final ConcurrentMap<Integer, ReentrantLock> threads = new ConcurrentHashMap<>();
  private final ConcurrentMap<FileClaim, Thread> held = new ConcurrentHashMap<>();
  private final CounterFile counters;
  private volatile @Nullable Recovery recovery;

  StoreLock(SecureFiles files, StoreLayout layout, TimeSource time) {
    this.files = files;
    this.layout = layout;
    this.counters = new CounterFile(files, layout.changes());
    this.time = time;
  }

  /** What is done while a lock is held. */
  interface Work<T> {
    T run() throws BackendFailure;
  }

  /**
   * Opens the counters, where that can be done. Without them every use of a key reads the disk.
   *
   * @throws BackendFailure REFUSED when their file is not this user's alone
   */
  void openCounters(Instant deadline) throws BackendFailure {
    counters.open(shared -> holdingStore(deadline, () -> makeCounters(shared)));
  }

  private boolean makeCounters(FileChannel shared) {
    try {
      ChangeCounters.make(shared);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** What the counter of a key shows. */
  long changes(KeyName name) {
    return counters.get(position(name));
  }

  /** Takes the counters that are there now, if somebody deleted or replaced those in memory. */
  void followCounters() {
    counters.follow();
  }

  /** Does without the counters from now on. Returns whether it did with them until now. */
  boolean abandonCounters() {
    boolean had = counters.isMapped();
    counters.abandon();
    return had;
  }

  /** What puts keys in order whose change was cut short, under their lock. */
  interface Recovery {
    void recover(Predicate<KeyName> keys) throws BackendFailure;
  }

  /** Sets how changes that were cut short are recovered from; else their counters stay odd. */
  void recoverBy(Recovery how) {
    recovery = how;
  }

  /** If a change of the key goes on and nobody holds its lock, whoever made it is dead. */
  void recoverIfCutShort(KeyName name) throws BackendFailure {
    if (counters.isMapped() && !ChangeCounters.isQuiet(changes(name))) {
      tryHoldingKey(name, () -> true);
    }
  }

  /** Waits for a key's lock and works; whatever it does counts as a change. */
  <T> T holdingKey(KeyName name, Instant deadline, Work<T> work) throws BackendFailure {
    int position = position(name);
    ReentrantLock thread = threads.computeIfAbsent(position, unused -> new ReentrantLock());
    lockThread(thread, position, deadline);
    try {
      return changing(position, await(key(name), deadline), work);
    } finally {
      thread.unlock();
    }
  }

  /** Waits for the lock on what belongs to no key and works. */
  <T> T holdingStore(Instant deadline, Work<T> work) throws BackendFailure {
    return holding(await(store(), deadline), work);
  }

  /** Works if nobody has the lock on what belongs to no key. */
  <T> Optional<T> tryHoldingStore(Work<T> work) throws BackendFailure {
    Optional<FileClaim> lock = tryLock(store());
    return lock.isPresent() ? Optional.of(holding(lock.get(), work)) : Optional.empty();
  }

  /** Works if nobody has the key's lock; whatever it does counts as a change. */
  <T> Optional<T> tryHoldingKey(KeyName name, Work<T> work) throws BackendFailure {
    Optional<FileClaim> lock = tryLock(key(name));
    return lock.isPresent()
        ? Optional.of(changing(position(name), lock.get(), work))
        : Optional.empty();
  }

  /** Waits until everybody who holds a key's lock now has let it go. */
  void awaitHolders(Instant deadline) throws BackendFailure {
    for (int position : everTaken()) {
      if (position != STORE) {
        release(await(new Place(position, layout.lock(position)), deadline));
      }
    }
  }

  /** The locks that have a file: one without was never taken. */
  private List<Integer> everTaken() throws BackendFailure {
    try {
      return files.names(layout.locks()).stream()
          .flatMapToInt(name -> StoreLayout.lockNumber(name).stream())
          .boxed()
          .toList();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.locks(), e);
    }
  }

  /** Somebody else may hold what this thread relies on. */
  static final class LostException extends IOException {
    private static final long serialVersionUID = 1L;

    LostException(String message) {
      super(message);
    }
  }

  /** Returns if nobody else can have taken a lock that this thread holds. */
  void requireHeld() throws LostException {
    for (Map.Entry<FileClaim, Thread> one : held.entrySet()) {
      if (one.getValue().equals(Thread.currentThread()) && !isHeld(one.getKey())) {
        throw new LostException(lost());
      }
    }
  }

  private static boolean isHeld(FileClaim claim) {
    try {
      claim.require();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private String lost() {
    return "a file in "
        + layout.locks()
        + " was deleted, replaced or opened by somebody else while this thread relied on it. Repeat the call, and delete"
        + " nothing in the store while a process uses it.";
  }

  private <T> T changing(int position, FileClaim lock, Work<T> work) throws BackendFailure {
    return holding(
        lock,
        () -> {
          boolean settled = !counters.begin(position) || recovered(position);
          try {
            return work.run();
          } finally {
            counters.end(position, settled && isHeld(lock));
          }
        });
  }

  // All keys of the counter: it does not say whose change was cut short.
  private boolean recovered(int position) {
    Recovery how = recovery;
    if (how == null) {
      return false;
    }
    try {
      how.recover(name -> position(name) == position);
      return true;
    } catch (BackendFailure e) {
      return false; // Whoever comes next tries again.
    }
  }

  private <T> T holding(FileClaim lock, Work<T> work) throws BackendFailure {
    held.put(lock, Thread.currentThread());
    try {
      T done = work.run();
      if (!isHeld(lock)) {
        throw BackendFailure.ambiguous(
            FailureCode.UNAVAILABLE, "Whether the change is there is not known: " + lost());
      }
      return done;
    } finally {
      held.remove(lock);
      release(lock);
    }
  }

  /**
   * A lock.
   *
   * @param guarded is there once the lock was used
   */
  private record Place(int position, Path guarded) {}

  private Place store() {
    return new Place(STORE, layout.parameters());
  }

  private Place key(KeyName name) {
    return new Place(position(name), layout.key(name));
  }

  // Two names may share a lock; then one waits for the other, no more.
  private static int position(KeyName name) {
    return STORE + 1 + Math.floorMod(name.value().hashCode() * 0x9E37_79B1, KEYS);
  }

  private void lockThread(ReentrantLock thread, int position, Instant deadline)
      throws BackendFailure {
    try {
      long nanos = Math.max(0, Duration.between(time.now(), deadline).toNanos());
      if (!thread.tryLock(nanos, TimeUnit.NANOSECONDS)) {
        throw late(position);
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private FileClaim await(Place place, Instant deadline) throws BackendFailure {
    while (true) {
      Optional<FileClaim> lock = tryLock(place);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (!time.now().isBefore(deadline)) {
        throw late(place.position());
      }
      try {
        time.pause(PAUSE);
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }
  }

  private Optional<FileClaim> tryLock(Place place) throws BackendFailure {
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted();
    }
    Path file = layout.lock(place.position());
    try {
      // Not its parents: a store that was removed stays so.
      if (!files.exists(layout.directory())) {
        throw new NoSuchFileException(layout.directory().toString());
      }
      files.createDirectory(layout.locks());
      return files.exists(place.guarded())
          ? FileClaim.tryTakeOver(layout.gate(), place.position(), file, time)
          : FileClaim.tryTake(layout.gate(), place.position(), file);
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (IOException e) {
      throw DiskFailures.writing(file, e);
    }
  }

  private void release(FileClaim lock) throws BackendFailure {
    try {
      lock.close();
    } catch (IOException e) {
      throw DiskFailures.syncing(layout.directory(), e);
    }
  }

  private BackendFailure late(int position) {
    return BackendFailure.transientFailure(
        FailureCode.TIMEOUT,
        "Another thread or process held "
            + layout.lock(position)
            + " until the deadline. Repeat the call; if it lasts, look for a process that hangs.");
  }

  private BackendFailure interrupted() {
    Thread.currentThread().interrupt();
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE,
        "The thread was interrupted while it waited for a lock of "
            + layout.directory()
            + ". Repeat the call.");
  }
}

package dev.enclave.software.internal;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may write: one thread per key, of all threads and processes that have the store open; and, by
 * {@link ChangeCounters}, whether somebody did.
 *
 * <p>Every key has one byte of the lock file and one counter, the store itself the first. Several
 * stores opened on one directory in one process see each other as overlapping locks, and wait too.
 * Thread-safe.
 */
final class StoreLock implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(2);
  private static final int STORE = 0;
  private static final int KEYS = ChangeCounters.COUNT - 1;

  private final SecureFiles files;
  private final StoreLayout layout;
  private final TimeSource time;
  private final ConcurrentMap<Integer, ReentrantLock> threads = new ConcurrentHashMap<>();
  private final CounterFile counters;
  private volatile @Nullable Recovery recovery;

  // Opened late: a store on a read-only disk can be read.
  private @Nullable LockFile lockFile;

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
    lockThread(thread, deadline);
    try {
      return changing(position, await(position, 1, deadline), work);
    } finally {
      thread.unlock();
    }
  }

  /** Waits for the lock on what belongs to no key and works. */
  <T> T holdingStore(Instant deadline, Work<T> work) throws BackendFailure {
    return holding(await(STORE, 1, deadline), work);
  }

  /** Works if nobody has the lock on what belongs to no key. */
  <T> Optional<T> tryHoldingStore(Work<T> work) throws BackendFailure {
    Optional<LockFile.Held> lock = tryLock(STORE, 1);
    return lock.isPresent() ? Optional.of(holding(lock.get(), work)) : Optional.empty();
  }

  /** Works if nobody has the key's lock; whatever it does counts as a change. */
  <T> Optional<T> tryHoldingKey(KeyName name, Work<T> work) throws BackendFailure {
    Optional<LockFile.Held> lock = tryLock(position(name), 1);
    return lock.isPresent()
        ? Optional.of(changing(position(name), lock.get(), work))
        : Optional.empty();
  }

  /** Waits until everybody who holds a key's lock now has let it go. */
  void awaitHolders(Instant deadline) throws BackendFailure {
    awaitHolders(STORE + 1, KEYS, deadline);
  }

  // Not one lock over all of them, which busy writers would keep away for ever.
  private void awaitHolders(int position, int size, Instant deadline) throws BackendFailure {
    Optional<LockFile.Held> lock =
        size == 1 ? Optional.of(await(position, 1, deadline)) : tryLock(position, size);
    if (lock.isPresent()) {
      release(lock.get());
      return;
    }
    int half = size / 2;
    awaitHolders(position, half, deadline);
    awaitHolders(position + half, size - half, deadline);
  }

  private <T> T changing(int position, LockFile.Held lock, Work<T> work) throws BackendFailure {
    return holding(
        lock,
        () -> {
          boolean settled = !counters.begin(position) || recovered(position);
          boolean complete = false;
          try {
            T result = work.run();
            complete = true;
            return result;
          } catch (BackendFailure e) {
            complete = e.failureClass() != FailureClass.AMBIGUOUS;
            throw e;
          } finally {
            // Whoever comes next completes what is not, as after a crash.
            counters.end(position, settled && complete);
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

  private <T> T holding(LockFile.Held lock, Work<T> work) throws BackendFailure {
    try {
      return work.run();
    } finally {
      release(lock);
    }
  }

  // Two names may share a byte; then one waits for the other, no more.
  private static int position(KeyName name) {
    return STORE + 1 + Math.floorMod(name.value().hashCode() * 0x9E37_79B1, KEYS);
  }

  private void lockThread(ReentrantLock thread, Instant deadline) throws BackendFailure {
    try {
      long nanos = Math.max(0, Duration.between(time.now(), deadline).toNanos());
      if (!thread.tryLock(nanos, TimeUnit.NANOSECONDS)) {
        throw late();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private LockFile.Held await(long position, long size, Instant deadline) throws BackendFailure {
    while (true) {
      Optional<LockFile.Held> lock = tryLock(position, size);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (!time.now().isBefore(deadline)) {
        throw late();
      }
      try {
        time.pause(PAUSE);
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }
  }

  private Optional<LockFile.Held> tryLock(long position, long size) throws BackendFailure {
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted(); // It would close the channel, and with it everybody's locks.
    }
    try {
      return open().tryLock(position, size);
    } catch (IOException e) {
      throw DiskFailures.writing(layout.lock(), e);
    }
  }

  private synchronized LockFile open() throws IOException {
    LockFile opened = lockFile;
    if (opened == null || !opened.isOpen()) {
      leave();
      opened = LockFile.open(files, layout.lock());
      lockFile = opened;
    }
    return opened;
  }

  private synchronized void leave() throws IOException {
    LockFile opened = lockFile;
    lockFile = null;
    if (opened != null) {
      opened.leave();
    }
  }

  private void release(LockFile.Held lock) throws BackendFailure {
    try {
      lock.release();
    } catch (IOException e) {
      if (lock.isValid()) {
        throw DiskFailures.syncing(layout.directory(), e);
      }
    }
  }

  private BackendFailure late() {
    return BackendFailure.transientFailure(
        FailureCode.TIMEOUT,
        "Another thread or process held "
            + layout.lock()
            + " until the deadline. Repeat the call; if it lasts, look for a process that hangs.");
  }

  private BackendFailure interrupted() {
    Thread.currentThread().interrupt();
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE,
        "The thread was interrupted while it waited for " + layout.lock() + ". Repeat the call.");
  }

  /** Lets the lock file go; locks that are held stay so until they are released. */
  @Override
  public void close() {
    try {
      leave();
    } catch (IOException e) {
      return; // Nothing is lost: the system drops the locks with the process.
    }
  }
}

package dev.enclave.software.internal.directory;

import dev.enclave.KeyName;
import dev.enclave.kit.claim.FileClaim;
import dev.enclave.software.internal.directory.StoreClaims.Place;
import dev.enclave.software.internal.disk.ChangeCounters;
import dev.enclave.software.internal.disk.CounterFile;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
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
public final class StoreLock {

  private static final int STORE = 0;
  private static final int KEYS = ChangeCounters.COUNT - 1;

  private final StoreLayout layout;
  private final ConcurrentMap<Integer, ReentrantLock> threads = new ConcurrentHashMap<>();
  private final StoreClaims claims;
  private final CounterFile counters;
  private volatile @Nullable Recovery recovery;

  public StoreLock(SecureFiles files, StoreLayout layout, TimeSource time) {
    this.layout = layout;
    this.claims = new StoreClaims(files, layout, time);
    this.counters = new CounterFile(files, layout.changes());
  }

  /** What is done while a lock is held. */
  public interface Work<T> {
    T run() throws BackendFailure;
  }

  /**
   * Opens the counters, where that can be done. Without them every use of a key reads the disk.
   *
   * @throws BackendFailure REFUSED when their file is not this user's alone
   */
  public void openCounters(Deadline deadline) throws BackendFailure {
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
  public long changes(KeyName name) {
    return counters.get(position(name));
  }

  /** Takes the counters that are there now, if somebody deleted or replaced those in memory. */
  public void followCounters() {
    counters.follow();
  }

  /** Does without the counters from now on. Returns whether it did with them until now. */
  public boolean abandonCounters() {
    boolean had = counters.isMapped();
    counters.abandon();
    return had;
  }

  /** What puts keys in order whose change was cut short, under their lock. */
  public interface Recovery {
    void recover(Predicate<KeyName> keys) throws BackendFailure;
  }

  /** Sets how changes that were cut short are recovered from; else their counters stay odd. */
  public void recoverBy(Recovery how) {
    recovery = how;
  }

  /** If a change of the key goes on and nobody holds its lock, whoever made it is dead. */
  public void recoverIfCutShort(KeyName name) throws BackendFailure {
    if (counters.isMapped() && !ChangeCounters.isQuiet(changes(name))) {
      tryHoldingKey(name, () -> true);
    }
  }

  /** Waits for a key's lock and works; whatever it does counts as a change. */
  public <T> T holdingKey(KeyName name, Deadline deadline, Work<T> work) throws BackendFailure {
    int position = position(name);
    ReentrantLock thread = threads.computeIfAbsent(position, unused -> new ReentrantLock());
    lockThread(thread, position, deadline);
    try {
      return changing(position, claims.await(key(name), deadline), work);
    } finally {
      thread.unlock();
    }
  }

  /** Waits for the lock on what belongs to no key and works. */
  public <T> T holdingStore(Deadline deadline, Work<T> work) throws BackendFailure {
    return claims.holding(claims.await(store(), deadline), work);
  }

  /** Works if nobody has the lock on what belongs to no key. */
  public <T> Optional<T> tryHoldingStore(Work<T> work) throws BackendFailure {
    Optional<FileClaim> lock = claims.tryTake(store());
    return lock.isPresent() ? Optional.of(claims.holding(lock.get(), work)) : Optional.empty();
  }

  /** Works if nobody has the key's lock; whatever it does counts as a change. */
  public <T> Optional<T> tryHoldingKey(KeyName name, Work<T> work) throws BackendFailure {
    Optional<FileClaim> lock = claims.tryTake(key(name));
    return lock.isPresent()
        ? Optional.of(changing(position(name), lock.get(), work))
        : Optional.empty();
  }

  /** Waits until everybody who holds a key's lock now has let it go. */
  public void awaitHolders(Deadline deadline) throws BackendFailure {
    for (int position : claims.everTaken()) {
      if (position != STORE) {
        claims.release(claims.await(new Place(position, layout.lock(position)), deadline));
      }
    }
  }

  private <T> T changing(int position, FileClaim lock, Work<T> work) throws BackendFailure {
    return claims.holding(
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
            counters.end(position, settled && complete && StoreClaims.isHeld(lock));
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

  private void lockThread(ReentrantLock thread, int position, Deadline deadline)
      throws BackendFailure {
    try {
      if (!thread.tryLock(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw claims.late(position);
      }
    } catch (InterruptedException e) {
      throw claims.interrupted();
    }
  }
}

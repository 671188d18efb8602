package dev.enclave.software.internal;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who may write: one thread per key, of all threads and processes that have the store open.
 *
 * <p>Every key has one byte of the lock file, the store itself the first. Several stores opened on
 * one directory in one process see each other as overlapping locks, and wait too. Thread-safe.
 */
final class StoreLock implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(2);
  private static final Duration PATIENCE_TO_CLOSE = Duration.ofSeconds(5);
  private static final long STORE = 0;

  private final SecureFiles files;
  private final StoreLayout layout;
  private final TimeSource time;
  private final ConcurrentMap<KeyName, ReentrantLock> threads = new ConcurrentHashMap<>();

  // POSIX drops all locks a process has on a file when it closes any descriptor of it, so there is
  // one channel, closed only when nobody in this process holds a lock. Opened late: a store on a
  // read-only disk can be read.
  private @Nullable FileChannel channel;

  StoreLock(SecureFiles files, StoreLayout layout, TimeSource time) {
    this.files = files;
    this.layout = layout;
    this.time = time;
  }

  /** What is done while a lock is held. */
  interface Work<T> {
    T run() throws BackendFailure;
  }

  /** Waits for a key's lock and works. */
  <T> T holdingKey(KeyName name, Instant deadline, Work<T> work) throws BackendFailure {
    ReentrantLock thread = threads.computeIfAbsent(name, unused -> new ReentrantLock());
    lockThread(thread, deadline);
    try {
      return holding(await(position(name), 1, deadline), work);
    } finally {
      thread.unlock();
    }
  }

  /** Waits for the lock on what belongs to no key and works. */
  <T> T holdingStore(Instant deadline, Work<T> work) throws BackendFailure {
    return holding(await(STORE, 1, deadline), work);
  }

  /** Works if nobody has the key's lock. */
  <T> Optional<T> tryHoldingKey(KeyName name, Work<T> work) throws BackendFailure {
    return tryHolding(position(name), work);
  }

  /** Works if nobody has the lock on what belongs to no key. */
  <T> Optional<T> tryHoldingStore(Work<T> work) throws BackendFailure {
    return tryHolding(STORE, work);
  }

  private <T> Optional<T> tryHolding(long position, Work<T> work) throws BackendFailure {
    Optional<FileLock> lock = tryLock(position, 1);
    return lock.isPresent() ? Optional.of(holding(lock.get(), work)) : Optional.empty();
  }

  private <T> T holding(FileLock lock, Work<T> work) throws BackendFailure {
    try {
      return work.run();
    } finally {
      release(lock);
    }
  }

  // Two names may share a byte; then one waits for the other, no more.
  private static long position(KeyName name) {
    return 1 + (name.value().hashCode() & 0x7fff_ffffL);
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

  private FileLock await(long position, long size, Instant deadline) throws BackendFailure {
    while (true) {
      Optional<FileLock> lock = tryLock(position, size);
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

  private Optional<FileLock> tryLock(long position, long size) throws BackendFailure {
    try {
      return Optional.ofNullable(open().tryLock(position, size, false));
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFailures.writing(layout.lock(), e);
    }
  }

  private synchronized FileChannel open() throws IOException {
    FileChannel opened = channel;
    if (opened == null || !opened.isOpen()) {
      opened = files.openLock(layout.lock());
      channel = opened;
    }
    return opened;
  }

  private void release(FileLock lock) throws BackendFailure {
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

  @Override
  public void close() {
    FileChannel opened;
    synchronized (this) {
      opened = channel;
    }
    if (opened == null) {
      return;
    }
    awaitQuiet();
    try {
      opened.close();
    } catch (IOException e) {
      return; // Nothing is lost: the system drops the lock with the process.
    }
  }

  private void awaitQuiet() {
    try {
      await(0, Long.MAX_VALUE, time.now().plus(PATIENCE_TO_CLOSE));
    } catch (BackendFailure e) {
      return; // Closing cannot wait for ever; the locks are advisory and every write is atomic.
    }
  }
}

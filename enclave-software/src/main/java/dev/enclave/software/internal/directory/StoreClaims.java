package dev.enclave.software.internal.directory;

import dev.enclave.kit.claim.FileClaim;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.LostClaimException;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The lock files of a store: each is open while its lock is held, and looked at before and after
 * what its holder does. Thread-safe.
 */
final class StoreClaims {

  private static final Duration PAUSE = Duration.ofMillis(2);

  private final SecureFiles files;
  private final StoreLayout layout;
  private final TimeSource time;
  private final ConcurrentMap<FileClaim, Thread> held = new ConcurrentHashMap<>();

  StoreClaims(SecureFiles files, StoreLayout layout, TimeSource time) {
    this.files = files;
    this.layout = layout;
    this.time = time;
    files.checkLast(this::requireHeld);
  }

  /**
   * A lock.
   *
   * @param guarded is there once the lock was used
   */
  record Place(int position, Path guarded) {}

  /** Waits for a lock. */
  FileClaim await(Place place, Deadline deadline) throws BackendFailure {
    while (true) {
      Optional<FileClaim> lock = tryTake(place);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (deadline.passed()) {
        throw late(place.position());
      }
      try {
        time.pause(PAUSE);
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }
  }

  /** Takes a lock; none if somebody has it. */
  Optional<FileClaim> tryTake(Place place) throws BackendFailure {
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
      throw DiskFailures.writing(layout.gate(), e);
    }
  }

  void release(FileClaim lock) throws BackendFailure {
    try {
      lock.close();
    } catch (IOException e) {
      throw DiskFailures.syncing(layout.directory(), e);
    }
  }

  /** Works and releases the lock. */
  <T> T holding(FileClaim lock, StoreLock.Work<T> work) throws BackendFailure {
    held.put(lock, Thread.currentThread());
    try {
      T done = work.run();
      if (!isHeld(lock)) {
        throw Texts.CHANGE_NOT_KNOWN.ambiguous(FailureCode.UNAVAILABLE, lost());
      }
      return done;
    } finally {
      held.remove(lock);
      release(lock);
    }
  }

  /** The locks that have a file: one without was never taken. */
  List<Integer> everTaken() throws BackendFailure {
    try {
      return files.names(layout.locks()).stream()
          .flatMapToInt(name -> StoreLayout.lockNumber(name).stream())
          .boxed()
          .toList();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.locks(), e);
    }
  }

  /** Returns if nobody else can have taken a lock that this thread holds. */
  private void requireHeld() throws LostClaimException {
    for (Map.Entry<FileClaim, Thread> one : held.entrySet()) {
      if (one.getValue().equals(Thread.currentThread()) && !isHeld(one.getKey())) {
        throw new LostClaimException(lost());
      }
    }
  }

  static boolean isHeld(FileClaim claim) {
    try {
      claim.require();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private String lost() {
    return Texts.CLAIM_LOST.with(layout.locks());
  }

  BackendFailure late(int position) {
    return BackendFailure.localLoad(Texts.LOCK_HELD.with(layout.lock(position)));
  }

  BackendFailure interrupted() {
    Thread.currentThread().interrupt();
    return Texts.INTERRUPTED_IN_LOCK.transientFailure(FailureCode.UNAVAILABLE, layout.directory());
  }
}

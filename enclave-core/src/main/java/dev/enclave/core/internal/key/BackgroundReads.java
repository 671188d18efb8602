package dev.enclave.core.internal.key;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Reads keys beside their use, a few at a time, so that many keys that grow old together do not
 * take a thread each. No thread is used while there is nothing to read. Thread-safe.
 */
public final class BackgroundReads {

  private static final int AT_ONCE = 8;

  private final Executor threads;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private final Set<Thread> reading = new HashSet<>();
  private int workers;
  private boolean closed;

  /**
   * Reads in other threads.
   *
   * @param threads asked for no more than it has to do at once
   */
  public BackgroundReads(Executor threads) {
    this.threads = threads;
  }

  /** Runs a reading, soon; false if none is run any more. */
  boolean run(Runnable read) {
    synchronized (this) {
      if (closed) {
        return false;
      }
      waiting.add(read);
      if (workers == AT_ONCE) {
        return true;
      }
      workers++;
    }
    try {
      threads.execute(this::work);
      return true;
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      // The machine has no thread left: the reading at hand serves, and the next use tries again.
      synchronized (this) {
        workers--;
        return !waiting.remove(read);
      }
    }
  }

  private void work() {
    Thread thread = Thread.currentThread();
    Runnable read = next(thread);
    while (read != null) {
      boolean done = false;
      try {
        read.run();
        done = true;
      } finally {
        if (!done) {
          ended(thread);
        }
      }
      read = next(thread);
    }
  }

  /** The next reading, if there is one; else this worker has ended. */
  private synchronized @org.jspecify.annotations.Nullable Runnable next(Thread thread) {
    Runnable read = waiting.poll();
    if (read == null) {
      ended(thread);
    } else {
      reading.add(thread);
    }
    return read;
  }

  private synchronized void ended(Thread thread) {
    reading.remove(thread);
    workers--;
  }

  /** Runs nothing more, and interrupts what runs. Idempotent. */
  public synchronized void close() {
    closed = true;
    waiting.clear();
    reading.forEach(Thread::interrupt);
  }
}

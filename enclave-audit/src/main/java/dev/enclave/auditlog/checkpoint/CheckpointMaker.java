package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.records.Reasons;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that makes a lane's checkpoints, so that no record waits for a signature. It makes the
 * newest one it was asked for; one that fails is tried again after 30 seconds, or as soon as there
 * is news. Thread-safe.
 */
public final class CheckpointMaker implements Runnable, AutoCloseable {

  /** Makes one checkpoint. */
  @FunctionalInterface
  public interface Work {
    void make(LaneHead forced) throws IOException;
  }

  /** A backend's deadline to sign, and a second for the log's lock. */
  static final Duration PATIENCE_TO_CLOSE = Duration.ofSeconds(6);

  private static final System.Logger LOG = System.getLogger("dev.enclave.audit");
  private static final Duration BEFORE_RETRY = Duration.ofSeconds(30);

  private final Work work;
  private final long beforeRetryNanos;
  private final Thread thread;
  private @Nullable LaneHead asked;
  private boolean news;
  private boolean failed;
  private long failedAtNanos;
  private boolean closing;
  private boolean last;

  /**
   * @param name of the lane, for the thread's name
   */
  public CheckpointMaker(String name, Work work) {
    this(name, work, BEFORE_RETRY);
  }

  /** As {@link #CheckpointMaker(String, Work)}, trying again after that time. */
  CheckpointMaker(String name, Work work, Duration beforeRetry) {
    this.work = work;
    this.beforeRetryNanos = beforeRetry.toNanos();
    this.thread = new Thread(null, this, "enclave-audit-checkpoints-" + name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
  }

  public CheckpointMaker start() {
    thread.start();
    return this;
  }

  /** Asks for a checkpoint of what is on the disk for good. */
  public synchronized void ask(LaneHead forced) {
    asked = forced;
    nudge();
  }

  /** Tells that what failed may succeed now. */
  public synchronized void nudge() {
    news = true;
    notifyAll();
  }

  @Override
  public void run() {
    try {
      for (Optional<LaneHead> next = next(); next.isPresent(); next = next()) {
        attempt(next.get());
      }
    } catch (InterruptedException e) {
      // Only whoever closes interrupts, and waits no longer.
      Thread.currentThread().interrupt();
    }
  }

  /** What to make, once it is time; none when there is nothing more to do. */
  private synchronized Optional<LaneHead> next() throws InterruptedException {
    while (true) {
      if (asked == null || last) {
        if (closing) {
          return Optional.empty();
        }
        wait();
      } else if (news || closing || retryIn() <= 0) {
        news = false;
        last = closing;
        return Optional.of(asked);
      } else {
        TimeUnit.NANOSECONDS.timedWait(this, retryIn());
      }
    }
  }

  private long retryIn() {
    return failedAtNanos + beforeRetryNanos - System.nanoTime();
  }

  private void attempt(LaneHead head) {
    try {
      work.make(head);
      made(head);
    } catch (BackendNotOpenException e) {
      // Whoever opens the backend tells when it is there.
      failed(Optional.empty());
    } catch (IOException | RuntimeException e) {
      failed(Optional.of(Reasons.of(e)));
    }
  }

  private synchronized void made(LaneHead head) {
    if (head.equals(asked)) {
      asked = null;
    }
    if (failed) {
      failed = false;
      LOG.log(System.Logger.Level.INFO, "Checkpoints of the audit log are made again.");
    }
  }

  private synchronized void failed(Optional<String> why) {
    failedAtNanos = System.nanoTime();
    if (why.isPresent() && !failed) {
      failed = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "No checkpoint of the audit log could be made ({0}); records are written all the same.",
          why.get());
    }
  }

  /**
   * Tries once more what is not made, and waits for {@link #PATIENCE_TO_CLOSE} at most; what is not
   * made then is made when the lane is next opened.
   */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    if (isOwnThread()) {
      return;
    }
    awaitEnd();
  }

  /** An interrupt of whoever closes must not cost the last checkpoint, which is due in a moment. */
  private void awaitEnd() {
    long until = System.nanoTime() + PATIENCE_TO_CLOSE.toNanos();
    boolean interrupted = false;
    for (long left = 1; left > 0 && thread.isAlive(); left = until - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, until - System.nanoTime());
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends a thread that a backend keeps waiting. */
  public void abandon() {
    if (!isOwnThread()) {
      thread.interrupt();
    }
  }

  /**
   * Its work may find the lane's claim lost, and close the lane: the thread then ends by itself.
   */
  private boolean isOwnThread() {
    return Thread.currentThread().equals(thread);
  }
}

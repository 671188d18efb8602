package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.records.IoConsumer;
import dev.enclave.auditlog.records.Reasons;
import dev.enclave.auditlog.texts.Texts;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes a lane's checkpoints in a thread of its own, so that no record waits for a signature. It
 * makes the newest one it was asked for; one that fails is tried again after 30 seconds, or as soon
 * as there is news. Thread-safe.
 */
public final class CheckpointThread implements AutoCloseable {

  /** A backend's deadline to sign, and a second for the log's lock. */
  static final Duration PATIENCE_TO_CLOSE = Duration.ofSeconds(6);

  private static final System.Logger LOG = System.getLogger("dev.enclave.audit");
  private static final Duration BEFORE_RETRY = Duration.ofSeconds(30);

  private final String name;
  private final IoConsumer<LaneHead> work;
  private final Duration beforeRetry;
  private final ScheduledThreadPoolExecutor executor;
  private volatile @Nullable Thread thread;
  private @Nullable LaneHead asked;
  private boolean queued;
  private boolean failed;
  private Future<?> retry = CompletableFuture.completedFuture(null);

  /**
   * @param name of the lane, for the thread's name
   * @param work makes one checkpoint
   */
  public CheckpointThread(String name, IoConsumer<LaneHead> work) {
    this(name, work, BEFORE_RETRY);
  }

  /** As {@link #CheckpointThread(String, IoConsumer)}, trying again after that time. */
  CheckpointThread(String name, IoConsumer<LaneHead> work, Duration beforeRetry) {
    this.name = name;
    this.work = work;
    this.beforeRetry = beforeRetry;
    // What is asked for after closing is made when the lane is next opened.
    this.executor =
        new ScheduledThreadPoolExecutor(1, this::thread, new ThreadPoolExecutor.DiscardPolicy());
  }

  private Thread thread(Runnable tasks) {
    Thread made = new Thread(null, tasks, "enclave-audit-checkpoints-" + name, 0, false);
    made.setDaemon(true);
    made.setContextClassLoader(null);
    thread = made;
    return made;
  }

  /** Asks for a checkpoint of what is on the disk for good. */
  public synchronized void ask(LaneHead forced) {
    asked = forced;
    nudge();
  }

  /** Tells that what failed may succeed now. */
  public synchronized void nudge() {
    if (asked != null && !queued) {
      executor.execute(this::attempt);
      queued = true;
    }
  }

  private void attempt() {
    LaneHead head = next();
    if (head == null) {
      return;
    }
    try {
      work.accept(head);
      made(head);
    } catch (BackendNotOpenException e) {
      // Whoever opens the backend tells when it is there.
      failed(Optional.empty());
    } catch (IOException | RuntimeException e) {
      failed(Optional.of(Reasons.of(e)));
    }
  }

  private synchronized @Nullable LaneHead next() {
    queued = false;
    return asked;
  }

  private synchronized void made(LaneHead head) {
    if (head.equals(asked)) {
      asked = null;
    }
    if (failed) {
      failed = false;
      LOG.log(System.Logger.Level.INFO, Texts.CHECKPOINTS_AGAIN.with());
    }
  }

  private synchronized void failed(Optional<String> why) {
    retry.cancel(false);
    retry = executor.schedule(this::attempt, beforeRetry.toNanos(), TimeUnit.NANOSECONDS);
    if (why.isPresent() && !failed) {
      failed = true;
      LOG.log(System.Logger.Level.WARNING, Texts.CHECKPOINT_NOT_MADE.with(why.get()));
    }
  }

  /**
   * Tries once more what is not made, and waits for {@link #PATIENCE_TO_CLOSE} at most; what is not
   * made then is made when the lane is next opened.
   */
  @Override
  public void close() {
    synchronized (this) {
      // A delayed task keeps the thread; one that is due now is done all the same.
      retry.cancel(false);
      nudge();
      executor.shutdown();
    }
    Thread waited = thread;
    if (waited == null || isOwnThread()) {
      return;
    }
    long until = System.nanoTime() + PATIENCE_TO_CLOSE.toNanos();
    boolean interrupted = false;
    // An interrupt of whoever closes must not cost the last checkpoint, which is due in a moment.
    for (long left = 1; left > 0 && waited.isAlive(); left = until - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(waited, until - System.nanoTime());
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
      executor.shutdownNow();
    }
  }

  /**
   * Its work may find the lane's claim lost, and close the lane: the thread then ends by itself.
   */
  private boolean isOwnThread() {
    return Thread.currentThread().equals(thread);
  }
}

package dev.enclave.core.internal.background;

import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.internal.Unexpected;
import dev.enclave.spi.TaskScheduler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What an Enclave does by itself while it is open: a chain of tasks of which each does one thing
 * and schedules the next, so that between them nothing runs. Thread-safe.
 */
public final class TaskChain {

  /** Longer than a call that is interrupted takes to end. */
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final BackgroundWork work;
  private final TaskScheduler scheduler;
  private TaskScheduler.@Nullable Scheduled next;
  private @Nullable Thread running;
  private boolean closed;

  private TaskChain(BackgroundWork work, TaskScheduler scheduler) {
    this.work = work;
    this.scheduler = scheduler;
  }

  /** Begins, when the work says. */
  public static TaskChain begin(
      BackgroundWork work, TaskScheduler scheduler, RandomGenerator random) {
    TaskChain chain = new TaskChain(work, scheduler);
    chain.schedule(work.first(random));
    return chain;
  }

  private synchronized void schedule(Duration delay) {
    if (closed) {
      return;
    }
    try {
      next = scheduler.schedule(delay, this::run);
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.WARNING, Texts.SCHEDULER_TAKES_NONE.with(work.done()));
    }
  }

  private void run() {
    synchronized (this) {
      if (closed) {
        return;
      }
      running = Thread.currentThread();
    }
    Duration delay = PollingIntervals.LONGEST;
    try {
      delay = work.step();
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          Texts.WORK_FAILED.with(work.done(), Unexpected.of(e).getMessage()));
    } finally {
      ended();
      schedule(delay);
    }
  }

  private synchronized void ended() {
    running = null;
    if (closed && Thread.interrupted()) {
      // It was for this task, and the thread is the application's.
      LOG.log(System.Logger.Level.DEBUG, Texts.ROTATION_INTERRUPTED.with());
    }
    notifyAll();
  }

  public Optional<Finding> health() {
    return work.health();
  }

  /** Begins nothing more, and waits a bounded time until what runs has ended. Idempotent. */
  public void close() {
    synchronized (this) {
      if (!closed) {
        closed = true;
        if (next != null) {
          next.cancel();
        }
        Thread busy = running;
        if (busy != null && busy != Thread.currentThread()) {
          busy.interrupt();
          awaitEnd();
        }
      }
    }
  }

  /** With the lock, which waiting lets go. */
  private void awaitEnd() {
    long until = System.nanoTime() + CLOSE_WITHIN.toNanos();
    boolean interrupted = false;
    while (running != null && until - System.nanoTime() > 0) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
      } catch (InterruptedException e) {
        interrupted = true;
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

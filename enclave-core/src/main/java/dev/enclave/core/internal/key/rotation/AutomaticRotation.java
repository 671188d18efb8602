package dev.enclave.core.internal.key.rotation;

import dev.enclave.admin.RotationListener;
import dev.enclave.core.internal.key.slot.Background;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.redaction.Unexpected;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.spi.TaskScheduler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rotates what is due while an Enclave is open: a chain of tasks of which each does one thing and
 * schedules the next, so that between them nothing runs. Thread-safe.
 */
public final class AutomaticRotation implements Background {

  /** Longer than a call that is interrupted takes to end. */
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final RotationWork work;
  private final TaskScheduler scheduler;
  private final Runnable release;
  private TaskScheduler.@Nullable Scheduled next;
  private @Nullable Thread running;
  private boolean closed;

  private AutomaticRotation(RotationWork work, TaskScheduler scheduler, Runnable release) {
    this.work = work;
    this.scheduler = scheduler;
    this.release = release;
  }

  /**
   * Begins; the first look is a minute away at least.
   *
   * @param given the application's; none for a thread of its own
   */
  public static AutomaticRotation begin(
      SharedParts shared, List<RotationListener> listeners, Optional<TaskScheduler> given) {
    RotationWork work = new RotationWork(shared, new Listeners(listeners));
    AutomaticRotation rotation;
    if (given.isPresent()) {
      rotation = new AutomaticRotation(work, given.get(), () -> {});
    } else {
      DaemonScheduler own = new DaemonScheduler();
      rotation = new AutomaticRotation(work, own, own::close);
    }
    rotation.schedule(Pace.first(shared.random()));
    return rotation;
  }

  private synchronized void schedule(Duration delay) {
    if (closed) {
      return;
    }
    try {
      next = scheduler.schedule(delay, this::run);
    } catch (RejectedExecutionException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Keys are not rotated any more: the scheduler takes no tasks. Close the Enclave before"
              + " its scheduler.");
    }
  }

  private void run() {
    synchronized (this) {
      if (closed) {
        return;
      }
      running = Thread.currentThread();
    }
    Duration delay = Pace.LONGEST;
    try {
      delay = work.step();
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "Rotating keys failed where nothing should, and goes on later: {0}",
          Unexpected.of(e).getMessage());
    } finally {
      ended();
      schedule(delay);
    }
  }

  private synchronized void ended() {
    running = null;
    if (closed && Thread.interrupted()) {
      // It was for this task, and the thread is the application's.
      LOG.log(System.Logger.Level.DEBUG, "A rotation was interrupted, since the Enclave is closed");
    }
    notifyAll();
  }

  @Override
  public Optional<Finding> health() {
    return work.health();
  }

  @Override
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
    release.run();
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

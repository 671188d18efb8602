package dev.enclave.spi;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs what is to be done later, on threads of its own. Given to {@code
 * EnclaveFactory.builder().scheduler(…)} in place of the one thread that an Enclave makes for
 * itself. Thread-safe.
 */
@FunctionalInterface
public interface TaskScheduler {

  /** A task that has been scheduled. */
  @FunctionalInterface
  interface Scheduled {

    /** Sees to it that the task does not begin any more; a task that has begun goes on. */
    void cancel();
  }

  /**
   * Runs {@code task} once, as soon as {@code delay} has passed, on another thread than the
   * caller's. The engine schedules the next task when one ends, so that one thread is enough.
   *
   * @param delay zero or more
   * @throws java.util.concurrent.RejectedExecutionException when it takes no tasks any more
   */
  Scheduled schedule(Duration delay, Runnable task);

  /** One on an executor of the application, which the application ends after the Enclave. */
  static TaskScheduler on(ScheduledExecutorService executor) {
    return (delay, task) -> {
      Future<?> future = executor.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
      return () -> future.cancel(false);
    };
  }
}

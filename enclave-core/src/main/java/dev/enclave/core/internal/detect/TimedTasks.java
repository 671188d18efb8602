package dev.enclave.core.internal.detect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks on daemon threads of their own until a time is over. No lambdas and no streams: in a
 * cold JVM the first of them cost more than all detectors together.
 */
final class TimedTasks {

  /** How long a task may hold up those behind it. */
  private static final Duration PATIENCE = Duration.ofMillis(100);

  private TimedTasks() {}

  /**
   * One after another on one thread, which is quickest where no task waits for anything. Once one
   * does, each of the others gets a thread of its own.
   *
   * @return in the order of the tasks, all done; those without an answer by then are cancelled
   */
  static <T> List<Future<T>> inTurn(List<? extends Callable<T>> tasks, Duration within)
      throws InterruptedException {
    return run(tasks, 1, PATIENCE, within);
  }

  /** As {@link #inTurn}, each on a thread of its own from the beginning. */
  static <T> List<Future<T>> atOnce(List<? extends Callable<T>> tasks, Duration within)
      throws InterruptedException {
    return run(tasks, tasks.size(), within, within);
  }

  private static <T> List<Future<T>> run(
      List<? extends Callable<T>> tasks, int threads, Duration patience, Duration within)
      throws InterruptedException {
    long total = Math.max(0, within.toNanos());
    long first = Math.min(total, patience.toNanos());
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            Math.max(1, tasks.size()),
            0,
            TimeUnit.NANOSECONDS,
            new LinkedBlockingQueue<>(),
            new Daemons());
    List<Future<T>> all = new ArrayList<>();
    try {
      for (Callable<T> task : tasks) {
        FutureTask<T> future = new FutureTask<>(task);
        all.add(future);
        if (total > 0) {
          pool.execute(future);
        }
      }
      pool.shutdown();
      if (!pool.awaitTermination(first, TimeUnit.NANOSECONDS) && total > first) {
        pool.setCorePoolSize(tasks.size());
        pool.awaitTermination(total - first, TimeUnit.NANOSECONDS);
      }
      return all;
    } finally {
      for (Future<T> task : all) {
        task.cancel(true);
      }
    }
  }

  private static final class Daemons implements ThreadFactory {
    @Override
    public Thread newThread(Runnable task) {
      Thread thread = new Thread(task, "enclave-detection");
      thread.setDaemon(true);
      return thread;
    }
  }
}

package dev.enclave.core.internal.detect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
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
    return new Batch<T>(tasks).run(1, PATIENCE, within);
  }

  /** As {@link #inTurn}, each on a thread of its own from the beginning. */
  static <T> List<Future<T>> atOnce(List<? extends Callable<T>> tasks, Duration within)
      throws InterruptedException {
    return new Batch<T>(tasks).run(tasks.size(), within, within);
  }

  private static final class Batch<T> {

    private final List<Future<T>> all = new ArrayList<>();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final CountDownLatch unfinished;

    Batch(List<? extends Callable<T>> tasks) {
      unfinished = new CountDownLatch(tasks.size());
      for (Callable<T> task : tasks) {
        Counted counted = new Counted(task);
        all.add(counted);
        waiting.add(counted);
      }
    }

    List<Future<T>> run(int threads, Duration patience, Duration within)
        throws InterruptedException {
      try {
        long total = Math.max(0, within.toNanos());
        long first = Math.min(total, patience.toNanos());
        if (first > 0) {
          start(threads);
        }
        if (!finishedWithin(first) && total > first) {
          start(waiting.size());
          finishedWithin(total - first);
        }
        return all;
      } finally {
        for (Future<T> task : all) {
          task.cancel(true);
        }
      }
    }

    private boolean finishedWithin(long nanos) throws InterruptedException {
      return unfinished.await(nanos, TimeUnit.NANOSECONDS);
    }

    private void start(int threads) {
      for (int i = 0; i < threads; i++) {
        Thread thread = new Thread(new Worker(waiting), "enclave-detection");
        thread.setDaemon(true);
        thread.start();
      }
    }

    private final class Counted extends FutureTask<T> {
      Counted(Callable<T> task) {
        super(task);
      }

      @Override
      protected void done() {
        unfinished.countDown();
      }
    }
  }

  private record Worker(Queue<Runnable> waiting) implements Runnable {
    @Override
    public void run() {
      for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
        task.run();
      }
    }
  }
}

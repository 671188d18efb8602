package dev.enclave.core.internal.lifecycle;

import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Does the same for many things a few at a time, where each waits for an answer from elsewhere: by
 * threads that end with it.
 */
final class BoundedParallel {

  /** Few enough for the request quotas of every cloud: 400 requests a second at 20 ms each. */
  static final int WIDTH = 8;

  private BoundedParallel() {}

  /**
   * What became of each, in their order; the first that throws ends it. A thread that is
   * interrupted begins nothing.
   */
  static <T, R> List<R> all(List<T> things, Function<T, R> work) {
    if (Thread.currentThread().isInterrupted()) {
      // Work that is done at once would never meet the interrupt.
      throw Texts.INTERRUPTED_WHILE_READING.as(ErrorCode.INTERRUPTED);
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(WIDTH, things.size()),
            task -> {
              Thread thread = new Thread(task, "enclave-keys");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Callable<R>> tasks = new ArrayList<>();
      things.forEach(thing -> tasks.add(() -> work.apply(thing)));
      List<R> done = new ArrayList<>();
      for (Future<R> one : threads.invokeAll(tasks)) {
        done.add(one.get());
      }
      return done;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Texts.INTERRUPTED_WHILE_READING.as(ErrorCode.INTERRUPTED);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException thrown) {
        throw thrown;
      }
      if (e.getCause() instanceof Error thrown) {
        throw thrown;
      }
      throw new IllegalStateException("work on a key threw what it cannot throw");
    } finally {
      threads.shutdownNow();
    }
  }
}

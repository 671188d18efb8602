package dev.enclave.core.internal.background;

import dev.enclave.spi.TaskScheduler;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One daemon thread, which waits while there is nothing to do. */
public final class DaemonScheduler implements TaskScheduler {

  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread made = new Thread(task, "enclave-rotation");
            made.setDaemon(true);
            return made;
          });

  public DaemonScheduler() {
    thread.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Scheduled schedule(Duration delay, Runnable task) {
    Future<?> future = thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    return () -> future.cancel(false);
  }

  public void close() {
    thread.shutdown();
  }
}

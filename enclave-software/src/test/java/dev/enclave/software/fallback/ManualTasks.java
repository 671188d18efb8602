package dev.enclave.software.fallback;

import dev.enclave.spi.TaskScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs tasks when it is told to, on the thread that tells it. */
final class ManualTasks implements TaskScheduler {

  private final List<Runnable> waiting = new ArrayList<>();

  @Override
  public synchronized Scheduled schedule(Duration delay, Runnable task) {
    waiting.add(task);
    return () -> remove(task);
  }

  private synchronized void remove(Runnable task) {
    waiting.remove(task);
  }

  private synchronized List<Runnable> taken() {
    List<Runnable> taken = List.copyOf(waiting);
    waiting.clear();
    return taken;
  }

  /** Runs all that wait now, whatever their delay. */
  void runAll() {
    taken().forEach(Runnable::run);
  }
}

package dev.enclave.testkit.contract;

import dev.enclave.spi.TaskScheduler;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The tasks that an Enclave has scheduled, which run when a test says so. Thread-safe. */
final class SteppedTasks implements TaskScheduler {

  private record Waiting(Duration delay, Runnable task) {}

  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

  @Override
  public Scheduled schedule(Duration delay, Runnable task) {
    Waiting scheduled = new Waiting(delay, task);
    waiting.add(scheduled);
    return () -> waiting.remove(scheduled);
  }

  /** Lets the time until the next one pass, and runs it. */
  void runNext(JumpingTime time) {
    Waiting next = waiting.remove();
    time.jump(next.delay());
    next.task().run();
  }
}

package dev.enclave.testkit;

import dev.enclave.spi.TaskScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** The tasks that an Enclave has scheduled, which run when a test says so. Thread-safe. */
public final class SteppedTasks implements TaskScheduler {

  private record Waiting(Duration delay, Runnable task) {}

  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

  @Override
  public Scheduled schedule(Duration delay, Runnable task) {
    Waiting scheduled = new Waiting(delay, task);
    waiting.add(scheduled);
    return () -> waiting.remove(scheduled);
  }

  /**
   * Lets the time until the next one pass, and runs it on the calling thread.
   *
   * @param time lets a duration pass, such as {@link MutableClock#advance}
   * @throws NoSuchElementException when none waits
   */
  public void runNext(Consumer<Duration> time) {
    Waiting next = waiting.remove();
    time.accept(next.delay());
    next.task().run();
  }

  /** Runs one after the other until the time that their delays take has passed on the clock. */
  public void runFor(Duration time, MutableClock clock) {
    Instant end = clock.now().plus(time);
    while (clock.now().isBefore(end)) {
      runNext(clock::advance);
    }
  }
}

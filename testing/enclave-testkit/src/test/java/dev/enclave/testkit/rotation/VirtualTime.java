package dev.enclave.testkit.rotation;

import dev.enclave.spi.TaskScheduler;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Supplier;

/** Time that passes from one task to the next: a year in seconds. Of one thread. */
final class VirtualTime implements TaskScheduler {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private record Task(long atNanos, long number, Runnable work) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparing(Task::atNanos).thenComparing(Task::number));
  private long nanos;
  private long number;

  Instant now() {
    return START.plusNanos(nanos);
  }

  /** A clock that is off by {@code skew}, which somebody may change. */
  TimeSource clock(Supplier<Duration> skew) {
    return new TimeSource() {
      @Override
      public Instant now() {
        return VirtualTime.this.now().plus(skew.get());
      }

      @Override
      public long nanoTime() {
        return nanos;
      }

      @Override
      public void pause(Duration duration) {
        nanos += Math.max(0, duration.toNanos());
      }
    };
  }

  @Override
  public Scheduled schedule(Duration delay, Runnable work) {
    Task task = new Task(nanos + Math.max(0, delay.toNanos()), number++, work);
    tasks.add(task);
    return () -> tasks.remove(task);
  }

  /** How many tasks wait. */
  int waiting() {
    return tasks.size();
  }

  /** Lets time pass, for everybody. Also within a task, which then has stalled so long. */
  void pass(Duration duration) {
    long end = nanos + duration.toNanos();
    while (!tasks.isEmpty() && tasks.peek().atNanos() <= end) {
      Task next = tasks.remove();
      nanos = Math.max(nanos, next.atNanos());
      next.work().run();
    }
    nanos = Math.max(nanos, end);
  }
}

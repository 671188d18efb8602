package dev.enclave.campaign.bench;

import dev.enclave.spi.TaskScheduler;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * What Enclaves do by themselves, held until a test lets it happen: in the order of its times, on
 * the test's thread, without waiting. No clock moves, so calls of other threads keep their
 * deadlines. Thread-safe.
 */
public final class HeldTasks implements TaskScheduler {

  private record Task(Duration at, long number, Runnable work) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparing(Task::at).thenComparing(Task::number));
  private Duration now = Duration.ZERO;
  private long number;

  @Override
  public synchronized Scheduled schedule(Duration delay, Runnable work) {
    Task task = new Task(now.plus(delay), number++, work);
    tasks.add(task);
    return () -> cancel(task);
  }

  private synchronized void cancel(Task task) {
    tasks.remove(task);
  }

  /** Runs all that is to be done within a time, and what comes of it within that. */
  public void pass(Duration duration) {
    Duration end;
    synchronized (this) {
      end = now.plus(duration);
    }
    for (Optional<Task> next = next(end); next.isPresent(); next = next(end)) {
      next.get().work().run();
    }
    synchronized (this) {
      now = end;
    }
  }

  private synchronized Optional<Task> next(Duration end) {
    if (tasks.isEmpty() || tasks.peek().at().compareTo(end) > 0) {
      return Optional.empty();
    }
    Task next = tasks.remove();
    now = next.at();
    return Optional.of(next);
  }

  /** How many tasks are held. */
  public synchronized int held() {
    return tasks.size();
  }
}

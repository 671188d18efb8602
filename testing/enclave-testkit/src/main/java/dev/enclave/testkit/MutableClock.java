package dev.enclave.testkit;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A clock that moves only when told to. {@link #pause} moves it too, so that nothing ever waits
 * really. Goes back only by {@link #setWallClock}. Thread-safe.
 */
public final class MutableClock implements TimeSource {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final List<Duration> pauses = new ArrayList<>();
  private Instant now;
  private long nanos;

  /** A clock that starts at 2026-01-01T00:00:00Z. */
  public MutableClock() {
    this(START);
  }

  /** A clock that starts at {@code start}. */
  public MutableClock(Instant start) {
    this.now = start;
  }

  /**
   * Lets time pass.
   *
   * @throws IllegalArgumentException when {@code duration} is negative
   */
  public synchronized void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not go back by " + duration);
    }
    now = now.plus(duration);
    nanos += duration.toNanos();
  }

  /** Sets the wall clock alone, forward or back, as an operator or NTP does. */
  public synchronized void setWallClock(Instant to) {
    now = to;
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Duration waited = duration.isNegative() ? Duration.ZERO : duration;
    synchronized (this) {
      pauses.add(waited);
      advance(waited);
    }
  }

  /** The pauses asked for so far, in order. */
  public synchronized List<Duration> pauses() {
    return List.copyOf(pauses);
  }

  @Override
  public String toString() {
    return "MutableClock[" + now() + "]";
  }
}

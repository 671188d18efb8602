package dev.enclave.spi;

import java.time.Duration;

/**
 * When something must be done, by {@link TimeSource#nanoTime()}: setting the wall clock does not
 * move it. Thread-safe.
 */
public final class Deadline {

  /** A moment this far ahead can be computed, whatever a caller asks for. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private final TimeSource time;
  private final long startedNanos;
  private final Duration within;

  private Deadline(TimeSource time, Duration within) {
    this.time = time;
    this.startedNanos = time.nanoTime();
    this.within = within.compareTo(LONGEST) > 0 ? LONGEST : within;
  }

  /**
   * {@code within} from now; at once when {@code within} is not positive, and after a year at most.
   */
  public static Deadline in(Duration within, TimeSource time) {
    return new Deadline(time, within);
  }

  /** What is left; zero once it has passed. */
  public Duration remaining() {
    Duration left = within.minusNanos(time.nanoTime() - startedNanos);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Whether it has passed. */
  public boolean passed() {
    return remaining().isZero();
  }
}

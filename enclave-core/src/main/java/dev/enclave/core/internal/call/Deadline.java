package dev.enclave.core.internal.call;

import dev.enclave.spi.TimeSource;
import java.time.Duration;

/** When an operation must be done, however many calls it takes. Thread-safe. */
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

  /** {@code within} from now. */
  public static Deadline in(Duration within, TimeSource time) {
    return new Deadline(time, within);
  }

  /** What is left; zero once it has passed. */
  public Duration remaining() {
    Duration left = within.minusNanos(time.nanoTime() - startedNanos);
    return left.isNegative() ? Duration.ZERO : left;
  }
}

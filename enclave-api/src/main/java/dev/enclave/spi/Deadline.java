package dev.enclave.spi;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When something must be done, by {@link TimeSource#nanoTime()}: setting the wall clock does not
 * move it. Thread-safe.
 */
public final class Deadline {

  /** A moment this far ahead can be computed, whatever a caller asks for. */
  private static final Duration LONGEST = Duration.ofDays(365);

  /**
   * Waits by the machine's clock until something comes, such as {@code lock::tryLock} or {@code
   * semaphore::tryAcquire}.
   */
  @FunctionalInterface
  public interface Wait {

    /**
     * Waits once.
     *
     * @return whether it came
     * @throws InterruptedException when the thread is interrupted
     */
    boolean atMost(long time, TimeUnit unit) throws InterruptedException;
  }

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

  /**
   * Waits until something comes or this deadline passes, at least once. The deadline's clock may be
   * another one than the machine's, by which {@code wait} goes, so it waits again for as long as
   * time is left by its own. While that clock stands, nothing but what it waits for ends it.
   *
   * @return whether it came
   * @throws InterruptedException when the thread is interrupted
   */
  public boolean await(Wait wait) throws InterruptedException {
    do {
      if (wait.atMost(remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        return true;
      }
    } while (!passed());
    return false;
  }
}

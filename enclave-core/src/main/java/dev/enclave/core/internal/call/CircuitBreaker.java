package dev.enclave.core.internal.call;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Holds calls back after many failures in a row, and lets one through now and then to see whether
 * the backend is back. Thread-safe.
 */
final class CircuitBreaker {

  static final int FAILURES_TO_OPEN = 20;
  static final Duration OPEN_FOR = Duration.ofSeconds(5);

  private final TimeSource time;
  private int failuresInARow;
  private boolean open;
  private long openedNanos;

  // Whether there is anything to look at under the lock: calls that succeed one after the other,
  // which is nearly all of them, do not meet there.
  private volatile boolean troubled;

  CircuitBreaker(TimeSource time) {
    this.time = time;
  }

  /** Until when calls are held back; none if this call may go. */
  Optional<Instant> heldBackUntil() {
    return troubled ? heldBackWhileTroubled() : Optional.empty();
  }

  private synchronized Optional<Instant> heldBackWhileTroubled() {
    if (!open) {
      return Optional.empty();
    }
    // Elapsed time, since a wall clock that is set back would hold calls back for as long.
    Duration left = OPEN_FOR.minusNanos(time.nanoTime() - openedNanos);
    if (!left.isNegative() && !left.isZero()) {
      return Optional.of(time.now().plus(left));
    }
    // This call is the probe; the others wait for what it finds.
    openedNanos = time.nanoTime();
    return Optional.empty();
  }

  /** The backend answered, be it with a refusal. */
  void answered() {
    if (troubled) {
      recover();
    }
  }

  private synchronized void recover() {
    failuresInARow = 0;
    open = false;
    troubled = false;
  }

  /** No answer came. */
  synchronized void failed() {
    troubled = true;
    failuresInARow++;
    if (failuresInARow >= FAILURES_TO_OPEN) {
      open = true;
      openedNanos = time.nanoTime();
    }
  }
}

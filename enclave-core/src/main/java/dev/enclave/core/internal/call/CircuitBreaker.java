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
  private Optional<Instant> openUntil = Optional.empty();

  CircuitBreaker(TimeSource time) {
    this.time = time;
  }

  /** Until when calls are held back; none if this call may go. */
  synchronized Optional<Instant> heldBackUntil() {
    if (openUntil.isEmpty()) {
      return Optional.empty();
    }
    Instant now = time.now();
    if (now.isBefore(openUntil.get())) {
      return openUntil;
    }
    // This call is the probe; the others wait for what it finds.
    openUntil = Optional.of(now.plus(OPEN_FOR));
    return Optional.empty();
  }

  /** The backend answered, be it with a refusal. */
  synchronized void answered() {
    failuresInARow = 0;
    openUntil = Optional.empty();
  }

  /** No answer came. */
  synchronized void failed() {
    failuresInARow++;
    if (failuresInARow >= FAILURES_TO_OPEN) {
      openUntil = Optional.of(time.now().plus(OPEN_FOR));
    }
  }
}

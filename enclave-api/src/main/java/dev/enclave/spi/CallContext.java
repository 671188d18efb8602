package dev.enclave.spi;

import java.time.Duration;
import java.time.Instant;

/**
 * One attempt of one operation.
 *
 * @param operationId unique per operation, the same for all its attempts; 1 to 64 of {@code
 *     [A-Za-z0-9-]}, fit for a provider's tag or client request id
 * @param attempt counted from 1
 * @param deadline when the answer is no longer wanted
 * @param time the clock the deadline is measured by
 */
public record CallContext(String operationId, int attempt, Instant deadline, TimeSource time) {

  /** Whether the deadline has passed. */
  public boolean expired() {
    return !time.now().isBefore(deadline);
  }

  /** How long the attempt may take; zero when the deadline has passed. */
  public Duration remaining() {
    Duration left = Duration.between(time.now(), deadline);
    return left.isNegative() ? Duration.ZERO : left;
  }
}

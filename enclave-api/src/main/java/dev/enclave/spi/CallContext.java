package dev.enclave.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * One attempt of one operation.
 *
 * @param operationId unique per operation, the same for all its attempts; 1 to 64 of {@code
 *     [A-Za-z0-9-]}, fit for a provider's tag or client request id
 * @param attempt counted from 1
 * @param deadline when the answer is no longer wanted
 * @param time the clock the deadline is measured by
 * @param requestIds takes the provider's id of each request, for the audit log; to be told in the
 *     thread of the attempt, as soon as it is known
 */
public record CallContext(
    String operationId,
    int attempt,
    Instant deadline,
    TimeSource time,
    Consumer<String> requestIds) {

  /** One whose request ids nobody wants. */
  public CallContext(String operationId, int attempt, Instant deadline, TimeSource time) {
    this(operationId, attempt, deadline, time, id -> {});
  }

  /** Notes the provider's id of a request, answered or refused. */
  public void requested(String providerRequestId) {
    requestIds.accept(providerRequestId);
  }

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

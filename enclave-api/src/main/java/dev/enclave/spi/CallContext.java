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
 * @param deadline when the answer is no longer wanted; setting the wall clock does not move it
 * @param time for pauses, and for comparison with a provider's dates
 * @param requestIds takes the provider's id of each request, for the audit log; to be told in the
 *     thread of the attempt, as soon as it is known
 * @param providerTimes takes the provider's own time, as its answers carry it; to be told by any
 *     thread
 */
public record CallContext(
    String operationId,
    int attempt,
    Deadline deadline,
    TimeSource time,
    Consumer<String> requestIds,
    Consumer<Instant> providerTimes) {

  /** One whose request ids and times nobody wants. */
  public static CallContext of(
      String operationId, int attempt, Deadline deadline, TimeSource time) {
    return of(operationId, attempt, deadline, time, id -> {});
  }

  /** A context that tells {@code requestIds} of the provider's ids of requests. */
  public static CallContext of(
      String operationId,
      int attempt,
      Deadline deadline,
      TimeSource time,
      Consumer<String> requestIds) {
    return new CallContext(operationId, attempt, deadline, time, requestIds, at -> {});
  }

  /** The same, which tells {@code consumer} of the provider's request ids instead. */
  public CallContext withRequestIds(Consumer<String> consumer) {
    return new CallContext(operationId, attempt, deadline, time, consumer, providerTimes);
  }

  /** The same, which tells {@code consumer} of the provider's time instead. */
  public CallContext withProviderTimes(Consumer<Instant> consumer) {
    return new CallContext(operationId, attempt, deadline, time, requestIds, consumer);
  }

  /** Notes the provider's id of a request, answered or refused. */
  public void requested(String providerRequestId) {
    requestIds.accept(providerRequestId);
  }

  /**
   * Notes the provider's own time, as an answer or a refusal carries it, such as the {@code Date}
   * of HTTP: a step that cannot be undone is due by that clock too. A backend whose provider tells
   * no time, or that is on this machine, tells none.
   */
  public void answeredAt(Instant providerTime) {
    providerTimes.accept(providerTime);
  }

  /** Whether the deadline has passed. */
  public boolean expired() {
    return deadline.passed();
  }

  /** How long the attempt may take; zero when the deadline has passed. */
  public Duration remaining() {
    return deadline.remaining();
  }
}

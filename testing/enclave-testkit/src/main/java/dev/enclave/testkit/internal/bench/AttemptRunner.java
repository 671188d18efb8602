package dev.enclave.testkit.internal.bench;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.TimeSource;
import java.time.Duration;

/**
 * Repeats an attempt as the engine does: after every class of failure but PERMANENT, with one
 * operation id and a counted attempt.
 */
public final class AttemptRunner {

  /** With the pauses over a minute: enough for stale reads and for any scripted fault. */
  private static final int MOST_ATTEMPTS = 40;

  private static final Duration ATTEMPT_LIMIT = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(125);
  private static final int MOST_DOUBLINGS = 4;

  /** One call of the backend. */
  @FunctionalInterface
  public interface Attempt<T> {
    T run(CallContext call) throws BackendFailure;
  }

  /** How an operation ended. */
  public sealed interface Outcome<T> {

    record Done<T>(T value) implements Outcome<T> {}

    record Failed<T>(BackendFailure failure) implements Outcome<T> {}
  }

  private final TimeSource time;

  public AttemptRunner(TimeSource time) {
    this.time = time;
  }

  public <T> Outcome<T> run(String operationId, Attempt<T> attempt) throws InterruptedException {
    for (int number = 1; ; number++) {
      try {
        return new Outcome.Done<>(attempt.run(call(operationId, number)));
      } catch (BackendFailure failure) {
        Failures.requireWellFormed(failure);
        if (failure.failureClass() == FailureClass.PERMANENT || number == MOST_ATTEMPTS) {
          return new Outcome.Failed<>(failure);
        }
        time.pause(failure.retryAfter().orElse(pauseAfter(number)));
      }
    }
  }

  private static Duration pauseAfter(int attempt) {
    return FIRST_PAUSE.multipliedBy(1L << Math.min(attempt, MOST_DOUBLINGS));
  }

  private CallContext call(String operationId, int number) {
    return CallContext.of(operationId, number, Deadline.in(ATTEMPT_LIMIT, time), time);
  }
}

package dev.enclave.testkit.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.AttemptRunner.Attempt;
import dev.enclave.testkit.internal.bench.AttemptRunner.Outcome;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/** Calls of a backend, repeated for as long as a stale read may make them fail. */
final class SettlingCalls {

  private static final Duration POLL = Duration.ofMillis(500);

  /** What a stale read makes a call fail with, for a while. */
  private static final Set<FailureCode> STALE =
      EnumSet.of(
          FailureCode.NOT_FOUND,
          FailureCode.INVALID_STATE,
          FailureCode.CONFLICT,
          FailureCode.ALREADY_EXISTS);

  private final BackendHarness harness;
  private final AttemptRunner runner;

  SettlingCalls(BackendHarness harness) {
    this.harness = harness;
    this.runner = new AttemptRunner(harness.time());
  }

  /** The value, after as many attempts as the engine would make. */
  <T> T succeed(String operationId, Attempt<T> attempt) throws InterruptedException {
    Deadline end = settlingEnd();
    while (true) {
      Outcome<T> outcome = runner.run(operationId, attempt);
      if (outcome instanceof Outcome.Done<T> done) {
        return done.value();
      }
      BackendFailure failure = ((Outcome.Failed<T>) outcome).failure();
      if (!STALE.contains(failure.code()) || end.passed()) {
        throw new AssertionError(
            "failed with "
                + failure.failureClass()
                + " "
                + failure.code()
                + ": "
                + failure.getMessage(),
            failure);
      }
      pause();
    }
  }

  /**
   * Asserts that the call fails for good with {@code code}; each operation has an id of its own.
   */
  <T> BackendFailure refuse(FailureCode code, Supplier<String> operationIds, Attempt<T> attempt)
      throws InterruptedException {
    Deadline end = settlingEnd();
    while (true) {
      Outcome<T> outcome = runner.run(operationIds.get(), attempt);
      boolean settled = end.passed();
      if (outcome instanceof Outcome.Failed<T> failed
          && (failed.failure().code() == code
              || settled
              || !STALE.contains(failed.failure().code()))) {
        BackendFailure failure = failed.failure();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure.failureClass())
            .as("class of " + code + ": " + failure.getMessage())
            .isEqualTo(FailureClass.PERMANENT);
        return failure;
      }
      if (settled) {
        return fail("expected " + code + " but it succeeded");
      }
      pause();
    }
  }

  /** The code of a call that fails for good, where several are right. */
  <T> FailureCode refusal(String operationId, Attempt<T> attempt) throws InterruptedException {
    Outcome<T> outcome = runner.run(operationId, attempt);
    if (outcome instanceof Outcome.Failed<T> failed) {
      assertThat(failed.failure().failureClass())
          .as(failed.failure().getMessage())
          .isEqualTo(FailureClass.PERMANENT);
      return failed.failure().code();
    }
    return fail("expected a failure but it succeeded");
  }

  /**
   * One operation with its retries, for races where several outcomes are right. What is not found
   * was written just now, so a stale read is given its time.
   */
  <T> Outcome<T> attempt(String operationId, Attempt<T> attempt) throws InterruptedException {
    Deadline end = settlingEnd();
    while (true) {
      Outcome<T> outcome = runner.run(operationId, attempt);
      if (!(outcome instanceof Outcome.Failed<T> failed
          && failed.failure().code() == FailureCode.NOT_FOUND
          && !end.passed())) {
        return outcome;
      }
      pause();
    }
  }

  /** Waits until every read sees every write; not at all unless reads may be stale. */
  void settle() throws InterruptedException {
    if (harness.expects(BackendTrait.EVENTUALLY_CONSISTENT)) {
      harness.time().pause(harness.settling());
    }
  }

  /** When a stale read is no excuse any more; now, unless the author expects stale reads. */
  Deadline settlingEnd() {
    return Deadline.in(
        harness.expects(BackendTrait.EVENTUALLY_CONSISTENT) ? harness.settling() : Duration.ZERO,
        harness.time());
  }

  /** Before a call is repeated. */
  void pause() throws InterruptedException {
    harness.time().pause(POLL);
  }
}

package dev.enclave.core.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.core.internal.call.RetryingCaller.CircuitBreaker;
import dev.enclave.core.internal.call.RetryingCaller.Plan;
import dev.enclave.core.internal.support.HandTime;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many calls against a backend that is down: the budget and the breaker. */
@Tag("full")
final class OutageTest {

  private static final int FIRST_ALLOWANCE = 10;
  private static final Duration FIRST_HOLD_AT_MOST =
      CircuitBreaker.SHORTEST_HOLD.multipliedBy(3).dividedBy(2);

  private final BackendFailure down =
      BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "connection refused");
  private final BackendFailure slowDown = BackendFailure.throttled("slow down", Optional.empty());

  private final HandTime time = new HandTime();
  private final RetryingCaller caller = caller();

  private RetryingCaller caller() {
    return new RetryingCaller(BackendId.AWS_KMS, Backoff.DEFAULT, time, new SplittableRandom(7));
  }

  @Test
  void thousandCallsMakeATenthMoreAttemptsAndTheFirstAllowance() {
    Failing attempt = Failing.always(slowDown);
    for (int i = 0; i < 1000; i++) {
      call(attempt);
    }

    assertThat(attempt.attempts()).isBetween(1000 + 100, 1000 + 100 + FIRST_ALLOWANCE);
  }

  @Test
  void theBoundHoldsAtEveryMoment_notOnlyAtTheEnd() {
    Failing attempt = Failing.always(slowDown);
    for (int calls = 1; calls <= 1000; calls++) {
      call(attempt);
      assertThat(attempt.attempts()).isLessThanOrEqualTo(calls + calls / 10 + FIRST_ALLOWANCE);
    }
  }

  @Test
  void thousandClientsOfTheirOwnEachKeepTheirAllowance_andNoMore() {
    int attempts = 0;
    for (int client = 0; client < 1000; client++) {
      RetryingCaller own = caller();
      Failing attempt = Failing.always(slowDown);
      for (int calls = 0; calls < 100; calls++) {
        assertThatThrownBy(() -> own.call(plan(), attempt)).isInstanceOf(EnclaveException.class);
      }
      attempts += attempt.attempts();
    }

    assertThat(attempts).isLessThanOrEqualTo(1000 * (100 + 10 + FIRST_ALLOWANCE));
  }

  @Test
  void calmRefillsTheAllowance_butNotBeyondIt() {
    Failing outage = Failing.always(slowDown);
    for (int i = 0; i < 100; i++) {
      call(outage);
    }
    for (int i = 0; i < 10_000; i++) {
      caller.call(plan(), Failing.with());
    }
    Failing again = Failing.always(slowDown);
    call(again);
    call(again);

    assertThat(again.attempts()).isEqualTo(2 + FIRST_ALLOWANCE);
  }

  @Test
  void theBreakerOpensAfterTwentyUnansweredAttempts_andHoldsEverythingBack() {
    Failing attempt = Failing.always(down);
    for (int i = 0; i < 1000; i++) {
      callAtOnce(attempt);
    }

    assertThat(attempt.attempts()).isEqualTo(CircuitBreaker.FAILURES_TO_OPEN);
    EnclaveException heldBack = callAtOnce(attempt);
    assertThat(heldBack.code()).isEqualTo(ErrorCode.BREAKER_OPEN);
    assertThat(heldBack.retryable()).isTrue();
    assertThat(heldBack.retryAt().orElseThrow())
        .isBetween(
            time.now().plus(CircuitBreaker.SHORTEST_HOLD),
            time.now().plus(CircuitBreaker.SHORTEST_HOLD.multipliedBy(3)));
  }

  @Test
  void oneProbeGoesOutAfterASecond_andAnAnswerLetsOthersThrough() {
    open();
    time.advance(CircuitBreaker.SHORTEST_HOLD.minusNanos(1));
    assertThat(callAtOnce(Failing.with()).code()).isEqualTo(ErrorCode.BREAKER_OPEN);
    time.advance(FIRST_HOLD_AT_MOST);

    assertThat(caller.call(atOnce(), Failing.with())).isEqualTo(Failing.ANSWER);
    assertThat(caller.call(atOnce(), Failing.with())).isEqualTo(Failing.ANSWER);
  }

  @Test
  void aProbeThatFailsKeepsTheBreakerOpen() {
    open();
    time.advance(FIRST_HOLD_AT_MOST);
    Failing probe = Failing.always(down);

    assertThat(callAtOnce(probe).code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
    assertThat(callAtOnce(probe).code()).isEqualTo(ErrorCode.BREAKER_OPEN);
    assertThat(probe.attempts()).isEqualTo(1);
  }

  @Test
  void othersWait_whileTheProbeIsUnderWay() {
    open();
    time.advance(FIRST_HOLD_AT_MOST);

    caller.call(
        atOnce(),
        probe -> {
          assertThat(callAtOnce(Failing.with()).code()).isEqualTo(ErrorCode.BREAKER_OPEN);
          return Failing.ANSWER;
        });
  }

  @Test
  void aRefusalIsAnAnswer_soItDoesNotOpenTheBreaker() {
    Failing refused = Failing.always(BackendFailure.permanent(FailureCode.ACCESS_DENIED, "no"));
    for (int i = 0; i < 100; i++) {
      assertThat(callAtOnce(refused).code()).isEqualTo(ErrorCode.ACCESS_DENIED);
    }
  }

  @Test
  void failuresCountOnlyInARow() {
    for (int i = 0; i < 100; i++) {
      Failing attempt = Failing.times(CircuitBreaker.FAILURES_TO_OPEN - 1, down);
      for (int j = 1; j < CircuitBreaker.FAILURES_TO_OPEN; j++) {
        assertThat(callAtOnce(attempt).code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
      }
      assertThat(caller.call(atOnce(), attempt)).isEqualTo(Failing.ANSWER);
    }
  }

  @Test
  void aClockSetBackDoesNotHoldCallsBackForLonger() {
    open();
    time.setWallClock(time.now().minus(Duration.ofDays(1)));
    time.advance(FIRST_HOLD_AT_MOST);

    assertThat(caller.call(atOnce(), Failing.with())).isEqualTo(Failing.ANSWER);
  }

  @Test
  void callsThatAreHeldBackEarnNoRetries() {
    open();
    for (int i = 0; i < 1000; i++) {
      assertThat(callAtOnce(Failing.with()).code()).isEqualTo(ErrorCode.BREAKER_OPEN);
    }
    time.advance(FIRST_HOLD_AT_MOST);
    assertThat(caller.call(atOnce(), Failing.with())).isEqualTo(Failing.ANSWER);

    // One call went out since the outage, and the twenty that opened the breaker earned two.
    Failing throttled = Failing.always(slowDown);
    call(throttled);
    call(throttled);
    assertThat(throttled.attempts()).isLessThanOrEqualTo(2 + FIRST_ALLOWANCE);
  }

  @Test
  void thousandCallersOfOneClientMakeOneAttemptEachAtMost_inTheSecondAfterTheBreakerOpened() {
    int attemptsAfter = attemptsInTheSecondAfterOpening(1000);

    assertThat(attemptsAfter).isLessThanOrEqualTo(1000);
  }

  @Test
  void aClientOfFewCallersKeepsThatToo() {
    assertThat(attemptsInTheSecondAfterOpening(3)).isLessThanOrEqualTo(3);
  }

  @Test
  void everyRetryableFailureSaysWhenToRetry() {
    for (BackendFailure failure : List.of(down, slowDown)) {
      EnclaveException thrown = callAtOnce(Failing.always(failure));
      assertThat(thrown.retryable()).isTrue();
      assertThat(thrown.retryAt().orElseThrow()).isAfterOrEqualTo(time.now());
    }
  }

  @Test
  void aFailureThatOpensTheBreakerNamesNoTimeBeforeItsEnd() {
    Failing attempt = Failing.always(down);
    for (int i = 1; i < CircuitBreaker.FAILURES_TO_OPEN; i++) {
      callAtOnce(attempt);
    }

    assertThat(callAtOnce(attempt).retryAt().orElseThrow())
        .isAfterOrEqualTo(time.now().plus(CircuitBreaker.SHORTEST_HOLD));
  }

  @Test
  void aClockSetBackDoesNotLengthenACall() {
    Failing attempt =
        Failing.times(3, BackendFailure.transientFailure(FailureCode.NOT_FOUND, "not yet"));
    Duration within = Duration.ofMillis(100);

    EnclaveException thrown =
        catchThrowableOfType(
            EnclaveException.class,
            () ->
                caller.call(
                    new Plan("read", new CallTrace("operation"), within, false, true),
                    call -> {
                      time.advance(within);
                      time.setWallClock(time.now().minus(Duration.ofDays(1)));
                      return attempt.run(call);
                    }));

    assertThat(thrown.code()).isEqualTo(ErrorCode.KEY_NOT_FOUND);
    assertThat(attempt.attempts()).isEqualTo(1);
  }

  /** All callers come again at once, whatever they are told, until a second has passed. */
  private int attemptsInTheSecondAfterOpening(int callers) {
    Failing attempt = Failing.always(down);
    while (callAtOnce(attempt).code() != ErrorCode.BREAKER_OPEN) {
      assertThat(attempt.attempts()).isLessThanOrEqualTo(CircuitBreaker.FAILURES_TO_OPEN);
    }
    int before = attempt.attempts();
    for (int millis = 0; millis < 1000; millis++) {
      for (int each = 0; each < callers; each++) {
        callAtOnce(attempt);
      }
      time.advance(Duration.ofMillis(1));
    }
    return attempt.attempts() - before;
  }

  private void open() {
    Failing attempt = Failing.always(down);
    for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN; i++) {
      callAtOnce(attempt);
    }
    assertThatThrownBy(() -> caller.call(atOnce(), Failing.with()))
        .isInstanceOf(EnclaveException.class);
  }

  private void call(Failing attempt) {
    assertThatThrownBy(() -> caller.call(plan(), attempt)).isInstanceOf(EnclaveException.class);
  }

  /** By hand: a million of these by AssertJ take a minute of processor time. */
  private EnclaveException callAtOnce(Failing attempt) {
    try {
      throw new AssertionError("answered " + caller.call(atOnce(), attempt));
    } catch (EnclaveException e) {
      return e;
    }
  }

  private static Plan plan() {
    return new Plan("sign", new CallTrace("operation"), Duration.ofMinutes(5), false, false);
  }

  /** With no time for a second attempt. */
  private static Plan atOnce() {
    return new Plan("sign", new CallTrace("operation"), Duration.ofNanos(1), false, false);
  }
}

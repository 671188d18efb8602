package dev.enclave.core.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnclaveException;
import dev.enclave.ErrorCode;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.support.HandTime;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Many calls against a backend that is down: the budget and the breaker. */
final class OutageTest {

  private static final int FIRST_ALLOWANCE = 10;
  private final BackendFailure down =
      BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "connection refused");
  private final BackendFailure slowDown = BackendFailure.throttled("slow down", Optional.empty());

  private final HandTime time = new HandTime();
  private final BackendCaller caller = caller();

  private BackendCaller caller() {
    return new BackendCaller(BackendId.AWS_KMS, RetryPolicy.DEFAULT, time, new SplittableRandom(7));
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
      BackendCaller own = caller();
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
    assertThat(heldBack.retryAt()).hasValue(time.now().plus(CircuitBreaker.OPEN_FOR));
  }

  @Test
  void oneProbeGoesOutAfterFiveSeconds_andAnAnswerClosesTheBreaker() {
    open();
    time.advance(CircuitBreaker.OPEN_FOR.minusNanos(1));
    assertThat(callAtOnce(Failing.with()).code()).isEqualTo(ErrorCode.BREAKER_OPEN);
    time.advance(Duration.ofNanos(1));

    assertThat(caller.call(atOnce(), Failing.with())).isEqualTo(Failing.ANSWER);
    assertThat(caller.call(atOnce(), Failing.with())).isEqualTo(Failing.ANSWER);
  }

  @Test
  void aProbeThatFailsKeepsTheBreakerOpen() {
    open();
    time.advance(CircuitBreaker.OPEN_FOR);
    Failing probe = Failing.always(down);

    assertThat(callAtOnce(probe).code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
    assertThat(callAtOnce(probe).code()).isEqualTo(ErrorCode.BREAKER_OPEN);
    assertThat(probe.attempts()).isEqualTo(1);
  }

  @Test
  void othersWait_whileTheProbeIsUnderWay() {
    open();
    time.advance(CircuitBreaker.OPEN_FOR);

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
    time.advance(CircuitBreaker.OPEN_FOR);

    assertThat(caller.call(atOnce(), Failing.with())).isEqualTo(Failing.ANSWER);
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

  private EnclaveException callAtOnce(Failing attempt) {
    return catchThrowableOfType(EnclaveException.class, () -> caller.call(atOnce(), attempt));
  }

  private static Plan plan() {
    return new Plan("sign", new CallTrace("operation"), Duration.ofMinutes(5), false, false);
  }

  /** With no time for a second attempt. */
  private static Plan atOnce() {
    return new Plan("sign", new CallTrace("operation"), Duration.ofNanos(1), false, false);
  }
}

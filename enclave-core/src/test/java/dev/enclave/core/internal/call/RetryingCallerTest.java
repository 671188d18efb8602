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
import dev.enclave.error.UsageException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryingCallerTest {

  private static final Duration LONG = Duration.ofMinutes(5);
  private final BackendFailure down =
      BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "connection refused");
  private final BackendFailure lost = BackendFailure.ambiguous(FailureCode.TIMEOUT, "no answer");
  private final BackendFailure slowDown = BackendFailure.throttled("slow down", Optional.empty());
  private static final RandomGenerator WIDEST = new Widest();

  private final HandTime time = new HandTime();
  private final CallTrace trace = new CallTrace("operation-1");
  private final RetryingCaller caller =
      new RetryingCaller(BackendId.AWS_KMS, Backoff.DEFAULT, time, WIDEST);

  @Test
  void anAnswerEndsTheCall() {
    Failing attempt = Failing.with();

    assertThat(caller.call(read(), attempt)).isEqualTo(Failing.ANSWER);
    assertThat(attempt.attempts()).isEqualTo(1);
    assertThat(time.pauses()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void everyClassButPermanentIsTriedAgain(FailureClass failureClass) {
    Failing attempt = Failing.times(3, failure(failureClass, FailureCode.REJECTED));

    if (failureClass == FailureClass.PERMANENT) {
      assertThatThrownBy(() -> caller.call(read(), attempt)).isInstanceOf(EnclaveException.class);
      assertThat(attempt.attempts()).isEqualTo(1);
    } else {
      assertThat(caller.call(read(), attempt)).isEqualTo(Failing.ANSWER);
      assertThat(attempt.attempts()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void noClassIsTriedMoreThanEightTimes(FailureClass failureClass) {
    Failing attempt = Failing.always(failure(failureClass, FailureCode.REJECTED));

    assertThatThrownBy(() -> caller.call(read(), attempt)).isInstanceOf(EnclaveException.class);
    assertThat(attempt.attempts()).isEqualTo(failureClass == FailureClass.PERMANENT ? 1 : 8);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1})
  void aWallClockThatIsSetMeanwhile_changesNoDeadline(long hours) {
    List<Duration> left = new ArrayList<>();

    String answer =
        caller.call(
            read(),
            call -> {
              time.setWallClock(time.now().plus(Duration.ofHours(hours)));
              left.add(call.remaining());
              time.advance(Duration.ofSeconds(10));
              left.add(call.remaining());
              return call.expired() ? "expired" : "in time";
            });

    assertThat(answer).isEqualTo("in time");
    assertThat(left).containsExactly(LONG, LONG.minusSeconds(10));
  }

  @Test
  void everyAttemptCarriesTheOperationAndTheSameDeadline() {
    Failing attempt = Failing.times(2, down);
    caller.call(read(), attempt);

    assertThat(attempt.calls()).extracting(CallContext::attempt).containsExactly(1, 2, 3);
    assertThat(attempt.calls()).extracting(CallContext::operationId).containsOnly("operation-1");
    assertThat(attempt.calls())
        .extracting(CallContext::deadline)
        .containsOnly(attempt.calls().get(0).deadline());
  }

  @Test
  void pausesDoubleUpToTheCap() {
    assertThatThrownBy(() -> caller.call(read(), Failing.always(down)))
        .isInstanceOf(EnclaveException.class);

    assertThat(time.pauses())
        .extracting(pause -> pause.plusNanos(1).toMillis())
        .containsExactly(50L, 100L, 200L, 400L, 800L, 1600L, 2000L);
  }

  @Test
  void retryAfterIsHonoured_whenItIsLongerThanTheJitter() {
    Duration asked = Duration.ofSeconds(7);

    caller.call(read(), Failing.with(BackendFailure.throttled("wait", Optional.of(asked))));

    assertThat(time.pauses()).containsExactly(asked);
  }

  @Test
  void retryAfterBeyondTheDeadlineEndsTheCallAtOnce_andIsPassedOn() {
    Duration asked = LONG.plusSeconds(1);
    Failing attempt = Failing.with(BackendFailure.throttled("wait", Optional.of(asked)));

    EnclaveException thrown = failure(read(), attempt);

    assertThat(thrown.code()).isEqualTo(ErrorCode.THROTTLED);
    assertThat(thrown.retryAt()).hasValue(time.now().plus(asked));
    assertThat(thrown.retryable()).isTrue();
    assertThat(time.pauses()).isEmpty();
  }

  @Test
  void anAbsurdRetryAfterOrDeadlineIsCutShort() {
    Duration absurd = Duration.ofSeconds(Long.MAX_VALUE);
    Plan plan = new Plan("sign", trace, absurd, false, false);

    EnclaveException thrown =
        failure(plan, Failing.always(BackendFailure.throttled("wait", Optional.of(absurd))));

    assertThat(thrown.code()).isEqualTo(ErrorCode.THROTTLED);
    assertThat(thrown.retryAt()).isPresent();
  }

  @Test
  void noPauseReachesTheDeadline() {
    Duration within = Duration.ofMillis(349);
    Instant deadline = time.now().plus(within);
    Failing attempt = Failing.always(down);

    EnclaveException thrown = failure(new Plan("sign", trace, within, false, false), attempt);

    assertThat(thrown.code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
    assertThat(time.now()).isBefore(deadline);
    assertThat(attempt.attempts()).isEqualTo(3);
  }

  @Test
  void anInterruptedPauseEndsTheCall_andTheThreadStaysInterrupted() {
    time.interruptPauses();

    EnclaveException thrown = failure(read(), Failing.always(down));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(thrown.code()).isEqualTo(ErrorCode.INTERRUPTED);
  }

  @Test
  void notFoundIsTriedAgain_whenWeHaveJustWritten() {
    Failing attempt =
        Failing.times(3, BackendFailure.permanent(FailureCode.NOT_FOUND, "no such key"));

    assertThat(caller.call(new Plan("read", trace, LONG, false, true), attempt))
        .isEqualTo(Failing.ANSWER);
    assertThat(attempt.attempts()).isEqualTo(4);
  }

  /** A read right after our own change, in the same attempt. */
  @Test
  void notFoundAfterAChangeIsTriedAgain_moreThanEightTimes() {
    Failing attempt =
        Failing.times(12, BackendFailure.ambiguous(FailureCode.NOT_FOUND, "no such key yet"));

    assertThat(caller.call(change(), attempt)).isEqualTo(Failing.ANSWER);
    assertThat(attempt.attempts()).isEqualTo(13);
    assertThat(trace.outcomeUnknown()).isFalse();
  }

  @Test
  void onlyNotFoundIsTriedAgain_whenWeHaveJustWritten() {
    Failing attempt =
        Failing.always(BackendFailure.permanent(FailureCode.ACCESS_DENIED, "no right"));

    assertThat(failure(new Plan("read", trace, LONG, false, true), attempt).code())
        .isEqualTo(ErrorCode.ACCESS_DENIED);
    assertThat(attempt.attempts()).isEqualTo(1);
  }

  @Test
  void aRuntimeExceptionBreaksTheContract_andItsMessageStaysOut() {
    EnclaveException thrown =
        failure(
            read(),
            call -> {
              throw new IllegalStateException("hunter2");
            });

    assertThat(thrown.code()).isEqualTo(ErrorCode.BACKEND_CONTRACT);
    assertThat(thrown).hasMessageContaining("IllegalStateException").hasNoCause();
    assertThat(thrown.getMessage()).doesNotContain("hunter2");
  }

  @Test
  void anAnswerThatCannotBeBuiltIsAWrongAnswer() {
    EnclaveException thrown =
        failure(
            read(),
            call -> {
              throw new UsageException(ErrorCode.INVALID_NAME, "version id is not allowed");
            });

    assertThat(thrown.code()).isEqualTo(ErrorCode.WRONG_ANSWER);
  }

  @ParameterizedTest
  @EnumSource
  void everyFailureCodeHasAnErrorCode(FailureCode code) {
    for (FailureClass failureClass : FailureClass.values()) {
      RetryingCaller fresh = new RetryingCaller(BackendId.AWS_KMS, Backoff.DEFAULT, time, WIDEST);
      BackendFailure failure = failure(failureClass, code).withProviderRequestId("request-9");

      EnclaveException thrown =
          catchThrowableOfType(
              EnclaveException.class, () -> fresh.call(read(), Failing.always(failure)));

      assertThat(thrown.code()).isNotIn(ErrorCode.INTERNAL, ErrorCode.OUTCOME_UNKNOWN);
      assertThat(thrown).hasMessageContaining("observed").hasMessageContaining("request-9");
      assertThat(trace.providerRequestId()).hasValue("request-9");
    }
  }

  @Test
  void failuresOfDifferentCodesStayDistinct() {
    assertThat(
            List.of(FailureCode.values()).stream()
                .map(
                    code ->
                        failure(read(), Failing.always(failure(FailureClass.PERMANENT, code)))
                            .code()))
        .doesNotHaveDuplicates();
  }

  @Test
  void aLostAnswerToAReadIsOnlyUnavailable() {
    assertThat(failure(read(), Failing.always(lost)).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(trace.outcomeUnknown()).isFalse();
  }

  @Test
  void aLostAnswerToAChangeLeavesTheOutcomeUnknown() {
    assertThat(failure(change(), Failing.always(lost)).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(trace.outcomeUnknown()).isTrue();
  }

  @Test
  void aRepeatedChangeThatIsAnsweredIsKnownAgain() {
    assertThat(caller.call(change(), Failing.with(lost, down))).isEqualTo(Failing.ANSWER);
    assertThat(trace.outcomeUnknown()).isFalse();
  }

  /** What is not carried out the second time may have been the first time. */
  @ParameterizedTest
  @EnumSource(
      names = {"ACCESS_DENIED", "LIMIT_EXCEEDED", "REJECTED", "CLOSED", "MISCONFIGURED", "REFUSED"})
  void aLostAnswerStaysUnknown_whenTheRepetitionIsNotEvenLookedAt(FailureCode code) {
    Failing attempt = Failing.with(lost, BackendFailure.permanent(code, "observed"));

    assertThat(failure(change(), attempt).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(trace.outcomeUnknown()).isTrue();
  }

  @Test
  void aLostAnswerStaysUnknown_whenTheRepetitionsAreThrottled() {
    Failing attempt =
        Failing.with(lost, slowDown, slowDown, slowDown, slowDown, slowDown, slowDown, slowDown);

    assertThat(failure(change(), attempt).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
  }

  @ParameterizedTest
  @EnumSource(names = {"ALREADY_EXISTS", "CONFLICT", "INVALID_STATE", "NOT_FOUND"})
  void aRepetitionRefusedOverTheKeysStateDecidesTheLostAnswer(FailureCode code) {
    Failing attempt = Failing.with(lost, BackendFailure.permanent(code, "observed"));

    assertThat(failure(change(), attempt).code()).isNotEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(trace.outcomeUnknown()).isFalse();
  }

  @Test
  void aLostAnswerStaysUnknown_whenTheThreadIsInterrupted() {
    time.interruptPauses();

    assertThat(failure(change(), Failing.always(lost)).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aLostAnswerStaysUnknown_whenTheBreakerOpensMeanwhile() {
    for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN - 1; i++) {
      failure(new Plan("sign", trace, Duration.ofNanos(1), false, false), Failing.always(down));
    }

    assertThat(failure(change(), Failing.always(lost)).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"UNAVAILABLE", "TIMEOUT", "THROTTLED"})
  void aRefusalAfterAChange_isAnAnswerToTheBreaker(FailureCode code) {
    BackendFailure refused = BackendFailure.ambiguous(code, "observed");
    Plan brief = new Plan("create key wallet", trace, Duration.ofNanos(1), true, false);
    for (int i = 0; i < 2 * CircuitBreaker.FAILURES_TO_OPEN; i++) {
      failure(brief, Failing.always(refused));
    }

    assertThat(caller.call(read(), Failing.with())).isEqualTo(Failing.ANSWER);
  }

  @ParameterizedTest
  @EnumSource(names = {"UNAVAILABLE", "TIMEOUT"})
  void aLostAnswerToAChange_isNoneToTheBreaker(FailureCode code) {
    BackendFailure unanswered = BackendFailure.ambiguous(code, "observed");
    Plan brief = new Plan("create key wallet", trace, Duration.ofNanos(1), true, false);
    for (int i = 0; i < 2 * CircuitBreaker.FAILURES_TO_OPEN; i++) {
      failure(brief, Failing.always(unanswered));
    }

    assertThat(failure(read(), Failing.with()).code()).isEqualTo(ErrorCode.BREAKER_OPEN);
  }

  @Test
  void anAnswerToAChangeThatCannotBeUsedLeavesTheOutcomeUnknown() {
    failure(
        change(),
        call -> {
          throw new IllegalStateException("cannot parse");
        });

    assertThat(trace.outcomeUnknown()).isTrue();
  }

  private static BackendFailure failure(FailureClass failureClass, FailureCode code) {
    return switch (failureClass) {
      case TRANSIENT -> BackendFailure.transientFailure(code, "observed");
      case THROTTLED -> BackendFailure.throttled("observed", Optional.empty());
      case PERMANENT -> BackendFailure.permanent(code, "observed");
      case AMBIGUOUS -> BackendFailure.ambiguous(code, "observed");
    };
  }

  private EnclaveException failure(Plan plan, RetryingCaller.Attempt<String> attempt) {
    return catchThrowableOfType(EnclaveException.class, () -> caller.call(plan, attempt));
  }

  private Plan read() {
    return new Plan("read key wallet", trace, LONG, false, false);
  }

  private Plan change() {
    return new Plan("create key wallet", trace, LONG, true, false);
  }

  /** Always the longest pause. */
  private static final class Widest implements RandomGenerator {
    @Override
    public long nextLong() {
      return Long.MAX_VALUE;
    }

    @Override
    public long nextLong(long bound) {
      return bound - 1;
    }
  }
}

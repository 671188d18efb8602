package dev.enclave.core.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A last attempt that had too little time for an answer does not hide the outage before it. */
final class HurriedAttemptTest {

  private static final Duration BRIEF = Duration.ofMillis(200);

  private final HandTime time = new HandTime();
  private final RetryingCaller caller =
      new RetryingCaller(BackendId.AWS_KMS, Backoff.DEFAULT, time, new SplittableRandom(1));
  private int attempts;
  private Duration late = Duration.ZERO;

  private EnclaveException failure(boolean changes, BackendFailure first, Duration silence) {
    Plan plan =
        new Plan("do it", new CallTrace("operation-1"), silence.plus(BRIEF), changes, false);
    return catchThrowableOfType(
        EnclaveException.class,
        () ->
            caller.call(
                plan,
                call -> {
                  if (attempts++ == 0) {
                    throw first;
                  }
                  time.advance(call.remaining().plus(late));
                  throw changes
                      ? BackendFailure.ambiguous(FailureCode.TIMEOUT, "no answer")
                      : BackendFailure.transientFailure(FailureCode.TIMEOUT, "no answer");
                }));
  }

  private static BackendFailure refused() {
    return BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "connection refused");
  }

  @Test
  void saysWhatWasFoundBefore() {
    EnclaveException thrown = failure(false, refused(), Duration.ZERO);

    assertThat(attempts).isEqualTo(2);
    assertThat(thrown.code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
    assertThat(thrown).hasMessageContainingAll("in 2 attempts", "connection refused");
  }

  @Test
  void saysThatNoAnswerCame_whereTheLastAttemptHadTheTimeForOne() {
    EnclaveException thrown = failure(false, refused(), RetryingCaller.TIME_TO_ANSWER);

    assertThat(attempts).isEqualTo(2);
    assertThat(thrown.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
  }

  @Test
  void saysThatNoAnswerCame_whereNoneEverCame() {
    BackendFailure silent = BackendFailure.transientFailure(FailureCode.TIMEOUT, "no answer");

    assertThat(failure(false, silent, Duration.ZERO).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
  }

  /** The backend has fallen silent, so it does not say that there is no such key. */
  @Test
  void saysThatNoAnswerCame_whereAKeyWasNotVisibleYet() {
    BackendFailure settling = BackendFailure.ambiguous(FailureCode.NOT_FOUND, "no such key yet");

    EnclaveException thrown = failure(false, settling, Duration.ZERO);

    assertThat(attempts).isEqualTo(2);
    assertThat(thrown.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
  }

  /** The time that an attempt had counts, not how late its end is seen. */
  @Test
  void saysWhatWasFoundBefore_whenTheMachineStoodStillMeanwhile() {
    late = Duration.ofSeconds(10);
    EnclaveException thrown = failure(false, refused(), Duration.ZERO);

    assertThat(attempts).isEqualTo(2);
    assertThat(thrown.code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
  }

  @Test
  void saysThatItWaitedHere_whereThatLeftNoTimeForAnAnswer() {
    BackendFailure load = BackendFailure.localLoad("no connection was free");

    EnclaveException thrown = failure(false, load, Duration.ZERO);

    assertThat(attempts).isEqualTo(2);
    assertThat(thrown.code()).isEqualTo(ErrorCode.LOCAL_LOAD);
    assertThat(thrown.retryable()).isTrue();
  }

  @Test
  void opensNoBreaker_byCallsThatWaitedHere() {
    BackendFailure load = BackendFailure.localLoad("no connection was free");
    for (int call = 0; call < 2 * CircuitBreaker.FAILURES_TO_OPEN; call++) {
      attempts = 0;
      assertThat(failure(false, load, Duration.ZERO).code()).isEqualTo(ErrorCode.LOCAL_LOAD);
    }
    assertThat(caller.outageIsProven()).isFalse();
  }

  @Test
  void leavesTheOutcomeOfAChangeUnknown() {
    assertThat(failure(true, refused(), Duration.ZERO).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
  }
}

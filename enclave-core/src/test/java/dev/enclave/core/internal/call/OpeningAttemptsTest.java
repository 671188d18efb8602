package dev.enclave.core.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.core.internal.support.HandTime;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OpeningAttemptsTest {

  private static final Duration WITHIN = Duration.ofSeconds(30);

  private final BackendFailure down =
      BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "connection refused");

  private final HandTime time = new HandTime();
  private final OpeningAttempts attempts =
      new OpeningAttempts(Backoff.DEFAULT, time, new Random(1));
  private int made;

  private EnclaveException refusal(BackendFailure failure) {
    return catchThrowableOfType(
        EnclaveException.class,
        () -> attempts.open(BackendId.AWS_KMS, WITHIN, () -> failing(1_000, failure)));
  }

  private String failing(int times, BackendFailure failure) throws BackendFailure {
    if (++made <= times) {
      throw failure;
    }
    return "open";
  }

  @Test
  void opensAgain_whatFailedInPassing() {
    String opened = attempts.open(BackendId.AWS_KMS, WITHIN, () -> failing(3, down));

    assertThat(opened).isEqualTo("open");
    assertThat(made).isEqualTo(4);
    assertThat(time.pauses()).hasSize(3);
  }

  @Test
  void waitsAsLongAsItIsTold() {
    BackendFailure slowDown =
        BackendFailure.throttled("slow down", Optional.of(Duration.ofSeconds(5)));

    attempts.open(BackendId.AWS_KMS, WITHIN, () -> failing(1, slowDown));

    assertThat(time.pauses()).containsExactly(Duration.ofSeconds(5));
  }

  @Test
  void givesUpAfterAsManyAttemptsAsEveryCall_andSaysHowMany() {
    EnclaveException thrown = refusal(down);

    assertThat(made).isEqualTo(Backoff.DEFAULT.maxAttempts());
    assertThat(thrown.code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
    assertThat(thrown).hasMessageContaining("after 8 attempts");
  }

  @Test
  void givesUp_beforeItWouldWaitPastTheDeadline() {
    EnclaveException thrown =
        refusal(BackendFailure.throttled("slow down", Optional.of(Duration.ofSeconds(12))));

    assertThat(made).isEqualTo(3);
    assertThat(thrown.code()).isEqualTo(ErrorCode.THROTTLED);
  }

  @Test
  void opensNothingAgain_thatFailsForGood() {
    EnclaveException thrown =
        refusal(BackendFailure.permanent(FailureCode.MISCONFIGURED, "no region"));

    assertThat(made).isEqualTo(1);
    assertThat(time.pauses()).isEmpty();
    assertThat(thrown).hasMessageContaining("cannot be opened: no region");
  }

  @Test
  void opensNothingAgain_ofWhichNobodyKnowsWhatItDid() {
    refusal(BackendFailure.ambiguous(FailureCode.TIMEOUT, "no answer"));

    assertThat(made).isEqualTo(1);
  }
}

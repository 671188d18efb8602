package dev.enclave.core.internal.call;

import dev.enclave.BackendId;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Opens a backend, again where that may help: by the pauses and the number of attempts of every
 * call, until a deadline. There is no budget and no breaker yet: those are the opened backend's.
 * Thread-safe.
 */
public final class OpeningAttempts {

  /**
   * One attempt, after which nothing stays open if it fails.
   *
   * @param <T> what is opened
   */
  @FunctionalInterface
  public interface Attempt<T> {
    T open() throws BackendFailure;
  }

  private final Backoff retry;
  private final TimeSource time;
  private final RandomGenerator random;

  public OpeningAttempts(Backoff retry, TimeSource time, RandomGenerator random) {
    this.retry = retry;
    this.time = time;
    this.random = random;
  }

  /**
   * What {@code attempt} opens.
   *
   * @param within no attempt begins later than this
   * @throws EnclaveException the translated failure of the last attempt
   */
  public <T> T open(BackendId backend, Duration within, Attempt<T> attempt) {
    Deadline deadline = Deadline.in(within, time);
    for (int made = 1; ; made++) {
      BackendFailure failure;
      try {
        return attempt.open();
      } catch (BackendFailure e) {
        failure = e;
      }
      Duration pause = retry.pauseAfter(made, random, failure);
      if (!mayHelp(failure)
          || made == retry.maxAttempts()
          || pause.compareTo(deadline.remaining()) >= 0) {
        throw Failures.whileOpening(backend, failure, made);
      }
      pause(backend, pause);
    }
  }

  /** What may have happened and is not known, nobody could repeat under the same operation id. */
  private static boolean mayHelp(BackendFailure failure) {
    return failure.failureClass() == FailureClass.TRANSIENT
        || failure.failureClass() == FailureClass.THROTTLED;
  }

  private void pause(BackendId backend, Duration pause) {
    try {
      time.pause(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Texts.INTERRUPTED_WHILE_OPENING.as(ErrorCode.INTERRUPTED, backend);
    }
  }
}

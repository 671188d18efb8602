package dev.enclave.kit.setup;

import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import java.time.Duration;

/** Steps of opening a backend that nobody else repeats. */
public final class Opening {

  private static final int ATTEMPTS = 3;
  private static final int LONGEST_PAUSE_MILLIS = 400;

  /**
   * One attempt at a step.
   *
   * @param <T> what it gives
   */
  @FunctionalInterface
  public interface Attempt<T> {

    /**
     * Makes it.
     *
     * @param number counted from 1
     */
    T make(int number) throws BackendFailure;
  }

  private Opening() {}

  /**
   * Takes a step, up to three times while its failure may pass.
   *
   * @param service what is opened, for messages, such as {@code AWS KMS}
   * @param shortest the shortest pause between attempts, which are less than half a second longer
   */
  public static <T> T persistently(
      BackendContext context, String service, Duration shortest, Attempt<T> step)
      throws BackendFailure {
    for (int number = 1; ; number++) {
      try {
        return step.make(number);
      } catch (BackendFailure e) {
        if (e.failureClass() == FailureClass.PERMANENT || number == ATTEMPTS) {
          throw e;
        }
      }
      try {
        context.time().pause(shortest.plusMillis(context.random().nextInt(LONGEST_PAUSE_MILLIS)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Texts.OPENING_INTERRUPTED.transientFailure(FailureCode.TIMEOUT, service);
      }
    }
  }
}

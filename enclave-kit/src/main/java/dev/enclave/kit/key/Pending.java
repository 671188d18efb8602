package dev.enclave.kit.key;

import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Waiting for what a service makes in its own time, such as a key in an HSM, and for what another
 * process has just written.
 */
public final class Pending {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private Pending() {}

  /** Asks again. */
  @FunctionalInterface
  public interface Reading<T> {
    T again(T seen) throws BackendFailure;
  }

  /**
   * Asks ever less often as long as something is pending, at most until the deadline.
   *
   * @param still what to fail with when it is pending at the deadline
   * @return what is not pending any more
   */
  public static <T> T awaited(
      T first,
      Predicate<T> pending,
      Reading<T> reading,
      Function<T, BackendFailure> still,
      CallContext call)
      throws BackendFailure {
    T seen = first;
    Duration pause = FIRST_PAUSE;
    while (pending.test(seen)) {
      if (call.remaining().compareTo(pause) <= 0) {
        throw still.apply(seen);
      }
      pause(pause, call);
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
      seen = reading.again(seen);
    }
    return seen;
  }

  private static void pause(Duration pause, CallContext call) throws BackendFailure {
    try {
      call.time().pause(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Texts.PENDING_INTERRUPTED.transientFailure(FailureCode.TIMEOUT);
    }
  }

  /**
   * Waits until what another process has just written can be read, once something has been written
   * already.
   *
   * @param toDo what is waited for, as a failure names it, such as {@code see who was first}
   * @throws BackendFailure AMBIGUOUS where the call has too little time left, or is interrupted
   */
  static void settle(Duration duration, String toDo, CallContext call) throws BackendFailure {
    if (call.remaining().compareTo(duration) <= 0) {
      throw Texts.NO_TIME_LEFT.ambiguous(FailureCode.TIMEOUT, toDo);
    }
    try {
      call.time().pause(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Texts.INTERRUPTED_BEFORE.ambiguous(FailureCode.UNAVAILABLE, toDo);
    }
  }
}

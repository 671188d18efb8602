package dev.enclave.kit.key;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Duration;

/** Waiting until what another process has just written can be read. */
public final class Settling {

  private Settling() {}

  /**
   * Waits, once something has been written already.
   *
   * @param what is waited for, as a failure names it, such as {@code see who was first}
   * @throws BackendFailure AMBIGUOUS where the call has too little time left, or is interrupted
   */
  public static void await(Duration duration, String what, CallContext call) throws BackendFailure {
    if (call.remaining().compareTo(duration) <= 0) {
      throw BackendFailure.ambiguous(
          FailureCode.TIMEOUT, "No time was left to " + what + ". Repeat the call to see.");
    }
    try {
      call.time().pause(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BackendFailure.ambiguous(
          FailureCode.UNAVAILABLE,
          "Interrupted before it could " + what + ". Repeat the call to see.");
    }
  }
}

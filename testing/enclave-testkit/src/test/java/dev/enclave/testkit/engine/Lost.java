package dev.enclave.testkit.engine;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.concurrent.atomic.AtomicBoolean;

/** Answers that never arrive. */
final class Lost {

  private Lost() {}

  /** Loses the first answer; the call itself has been carried out. */
  static BentProvider.Step once() {
    AtomicBoolean lost = new AtomicBoolean();
    return () -> {
      if (lost.compareAndSet(false, true)) {
        throw BackendFailure.ambiguous(FailureCode.TIMEOUT, "No answer came. Ask again.");
      }
    };
  }
}

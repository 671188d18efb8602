package dev.enclave.software.fallback;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what is done beside the test's thread, a minute at most. */
final class Waiting {

  private static final long LONGEST_NANOS = Duration.ofMinutes(1).toNanos();

  private Waiting() {}

  static void until(BooleanSupplier done) {
    long begun = System.nanoTime();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - begun > LONGEST_NANOS) {
        throw new AssertionError("It was not so after a minute.");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}

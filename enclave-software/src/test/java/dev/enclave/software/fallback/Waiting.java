package dev.enclave.software.fallback;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what is done beside the test's thread, a minute at most. */
final class Waiting {

  private static final Duration LONGEST = Duration.ofMinutes(1);

  private Waiting() {}

  static void until(BooleanSupplier done) {
    if (!upTo(LONGEST, done)) {
      throw new AssertionError("It was not so after a minute.");
    }
  }

  /** Whether it came to be so within that time. */
  static boolean upTo(Duration longest, BooleanSupplier done) {
    long begun = System.nanoTime();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - begun > longest.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }
}

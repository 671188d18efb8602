package dev.enclave.campaign.kubernetes;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what a server does in its own time. */
public final class Polling {

  /** How long a busy machine may take; nothing waits that long where it works. */
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Polling() {}

  /**
   * Asks every 20 ms until the answer is yes.
   *
   * @param observed says, when it has been no for two minutes, what was seen instead
   * @throws AssertionError after two minutes, with {@code observed}
   */
  public static void until(BooleanSupplier condition, Supplier<String> observed) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > LONGEST.toNanos()) {
        throw new AssertionError("Waited " + LONGEST.toSeconds() + " s in vain. " + observed.get());
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}

package dev.enclave.core.internal.call;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds retries to a tenth of the calls, so that a total outage does not multiply the load. A
 * token bucket: every call adds a tenth of a token, every retry takes one. Thread-safe.
 */
final class RetryBudget {

  private static final int TENTHS_PER_RETRY = 10;
  private static final int MOST_TENTHS = 100;

  private final AtomicInteger tenths = new AtomicInteger(MOST_TENTHS);

  void call() {
    // A full bucket, which it nearly always is, is only looked at.
    if (tenths.get() < MOST_TENTHS) {
      tenths.updateAndGet(t -> Math.min(MOST_TENTHS, t + 1));
    }
  }

  boolean tryRetry() {
    int before = tenths.getAndUpdate(t -> t < TENTHS_PER_RETRY ? t : t - TENTHS_PER_RETRY);
    return before >= TENTHS_PER_RETRY;
  }
}

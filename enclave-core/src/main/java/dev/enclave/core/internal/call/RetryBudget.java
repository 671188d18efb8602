package dev.enclave.core.internal.call;

/**
 * Bounds retries to a tenth of the calls, so that a total outage does not multiply the load. A
 * token bucket: every call adds a tenth of a token, every retry takes one. Thread-safe.
 */
final class RetryBudget {

  private static final int TENTHS_PER_RETRY = 10;
  private static final int MOST_TENTHS = 100;

  private int tenths = MOST_TENTHS;

  synchronized void call() {
    tenths = Math.min(MOST_TENTHS, tenths + 1);
  }

  synchronized boolean tryRetry() {
    if (tenths < TENTHS_PER_RETRY) {
      return false;
    }
    tenths -= TENTHS_PER_RETRY;
    return true;
  }
}

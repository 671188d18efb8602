package dev.enclave.azure.internal.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many requests may be under way at once: few to begin with, and one more for each that is
 * served, which doubles them every round trip. Hundreds of callers who all came at once would each
 * open a connection, and on a small machine none of the handshakes would end in time. Where there
 * are connections enough nobody waits. Thread-safe.
 */
final class SlowStart {

  static final int FIRST = 16;

  /** More than a vault serves at once. */
  static final int MOST = 1024;

  private final Places places = new Places();
  private int allowed = FIRST;

  /** Waits until another one may be under way; returns whether it may, in that time. */
  boolean enter(long nanos) throws InterruptedException {
    return places.tryAcquire(nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * One is over.
   *
   * @param connected whether it got as far as a connection; if not, all begin anew
   */
  synchronized void left(boolean connected) {
    int before = allowed;
    allowed = connected ? Math.min(before + 1, MOST) : FIRST;
    places.withdraw(Math.max(0, before - allowed));
    places.release(1 + Math.max(0, allowed - before));
  }

  private static final class Places extends Semaphore {

    private static final long serialVersionUID = 1L;

    Places() {
      super(FIRST);
    }

    /** Those taken stay so, until as many were given back. */
    void withdraw(int count) {
      reducePermits(count);
    }
  }
}

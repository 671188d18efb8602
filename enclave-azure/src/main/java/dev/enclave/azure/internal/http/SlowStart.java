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

  private final int first;
  private final int most;
  private final Places places;
  private int allowed;

  /** With {@code most} at once at the end. */
  SlowStart(int most) {
    this.first = Math.min(FIRST, most);
    this.most = most;
    this.places = new Places(first);
    this.allowed = first;
  }

  /** What is told to who got no place in time. */
  synchronized String observed() {
    return "none of the "
        + allowed
        + " requests that this process may have under way at once by now ended in time, and "
        + places.getQueueLength()
        + " more wait";
  }

  /** Takes a place that is free at once, if there is one. */
  boolean enter() {
    return places.tryAcquire();
  }

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
    allowed = connected ? Math.min(before + 1, most) : first;
    places.withdraw(Math.max(0, before - allowed));
    places.release(1 + Math.max(0, allowed - before));
  }

  private static final class Places extends Semaphore {

    private static final long serialVersionUID = 1L;

    Places(int first) {
      super(first);
    }

    /** Those taken stay so, until as many were given back. */
    void withdraw(int count) {
      reducePermits(count);
    }
  }
}

package dev.enclave.azure.internal.http;

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

  private int allowed = FIRST;
  private int underWay;

  /** Waits until another one may be under way; returns whether it may, in that time. */
  synchronized boolean enter(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    while (underWay >= allowed) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    underWay++;
    return true;
  }

  /**
   * One is over.
   *
   * @param connected whether it got as far as a connection; if not, all begin anew
   */
  synchronized void left(boolean connected) {
    underWay--;
    allowed = connected ? Math.min(allowed + 1, MOST) : FIRST;
    notifyAll();
  }
}

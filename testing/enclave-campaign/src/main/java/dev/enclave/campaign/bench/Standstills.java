package dev.enclave.campaign.bench;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Notices that the machine, or this process on it, stood still: what was to be done within seconds
 * then says nothing of who did it. Thread-safe.
 */
public final class Standstills implements AutoCloseable {

  private static final long TICK = Duration.ofMillis(50).toNanos();

  /** Well above what a thread of a busy machine waits for its turn. */
  private static final long STANDSTILL = Duration.ofSeconds(1).toNanos();

  private final Thread watch = new Thread(this::watch, "campaign-standstills");
  private volatile long ticked = System.nanoTime();
  private volatile long lastEnded = ticked - Duration.ofDays(1).toNanos();
  private final AtomicInteger ended = new AtomicInteger();
  private volatile boolean closed;

  public Standstills() {
    watch.setDaemon(true);
    watch.start();
  }

  private void watch() {
    while (!closed) {
      LockSupport.parkNanos(TICK);
      long now = System.nanoTime();
      if (now - ticked > STANDSTILL) {
        lastEnded = now;
        ended.incrementAndGet();
      }
      ticked = now;
    }
  }

  /**
   * Whether there was one that ended after this value of {@link System#nanoTime}, as far as can be
   * seen by now.
   */
  public boolean since(long nanoTime) {
    return unnoticed() || lastEnded - nanoTime > 0;
  }

  /** How many have ended so far, or one more. */
  public int count() {
    // Asked first: what the thread notices meanwhile is counted twice rather than not at all.
    int unnoticed = unnoticed() ? 1 : 0;
    return ended.get() + unnoticed;
  }

  /** What has just ended, the thread may not have noticed yet. */
  private boolean unnoticed() {
    return System.nanoTime() - ticked > STANDSTILL;
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watch);
  }
}

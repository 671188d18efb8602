package dev.enclave.core.internal.key;

import dev.enclave.spi.TimeSource;
import java.time.Duration;

/** So many at once, and one more after each while. Thread-safe. */
public final class RateLimit {

  private final TimeSource time;
  private final long everyNanos;
  private final long mostNanos;
  private long sinceNanos;

  /** A full one. */
  public RateLimit(TimeSource time, int atOnce, Duration every) {
    this.time = time;
    this.everyNanos = every.toNanos();
    this.mostNanos = Math.multiplyExact(everyNanos, (long) atOnce);
    this.sinceNanos = time.nanoTime() - mostNanos;
  }

  /** Takes one, if there is one. */
  synchronized boolean take() {
    long now = time.nanoTime();
    long saved = Math.min(mostNanos, now - sinceNanos);
    if (saved < everyNanos) {
      return false;
    }
    sinceNanos = now - saved + everyNanos;
    return true;
  }
}

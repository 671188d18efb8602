package dev.enclave.software.internal.backend;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The machine's own time, for tests in which threads and processes really wait for each other. What
 * only ages may be made older.
 */
public final class RealTime implements TimeSource {

  private final AtomicLong skipped = new AtomicLong();

  void skip(Duration duration) {
    skipped.addAndGet(duration.toNanos());
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime() + skipped.get();
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    LockSupport.parkNanos(duration.toNanos());
  }
}

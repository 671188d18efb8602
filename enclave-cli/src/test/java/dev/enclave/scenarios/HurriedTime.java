package dev.enclave.scenarios;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's time, in which pauses are skipped: they count, and nobody waits. Thread-safe. */
final class HurriedTime implements TimeSource {

  private final AtomicLong skipped = new AtomicLong();

  @Override
  public Instant now() {
    return Instant.now().plusNanos(skipped.get());
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
    skipped.addAndGet(Math.max(0, duration.toNanos()));
  }
}

package dev.enclave.campaign.bench;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The machine's date, and deadlines that pauses alone bring nearer, however long a busy machine
 * stands still. Nobody sits the pauses out. Thread-safe.
 */
public final class PatientTime implements TimeSource {

  private final AtomicLong paused = new AtomicLong();

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return paused.get();
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    paused.addAndGet(Math.max(0, duration.toNanos()));
  }
}

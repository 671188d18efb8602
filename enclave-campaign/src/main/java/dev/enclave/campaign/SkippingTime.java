package dev.enclave.campaign;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time that really passes while something is done, and is skipped where it would only be waited
 * for. Pauses count, so deadlines end calls as they would; nobody sits them out. Thread-safe.
 */
public final class SkippingTime implements TimeSource {

  private final AtomicLong skipped = new AtomicLong();
  private final List<Duration> pauses = new ArrayList<>();

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
    synchronized (pauses) {
      pauses.add(duration);
    }
  }

  /** Lets time pass that nobody waits for. */
  void skip(Duration duration) {
    skipped.addAndGet(duration.toNanos());
  }

  List<Duration> pauses() {
    synchronized (pauses) {
      return List.copyOf(pauses);
    }
  }
}

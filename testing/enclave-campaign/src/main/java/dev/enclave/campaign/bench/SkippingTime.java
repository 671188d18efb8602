package dev.enclave.campaign.bench;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time that really passes while something is done, and is skipped where it would only be waited
 * for. Pauses count, so deadlines end calls as they would; nobody sits them out. Thread-safe.
 */
public final class SkippingTime implements TimeSource {

  private final SkippedClock clock;
  private final AtomicLong skipped;

  /** Of a client alone. */
  public SkippingTime() {
    this(new SkippedClock());
  }

  /** Of a client of a server, which skips as much. */
  SkippingTime(SkippedClock clock) {
    this.clock = clock;
    this.skipped = new AtomicLong(clock.skipped());
  }

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
    if (!duration.isNegative()) {
      skip(duration);
    }
  }

  /** All that was skipped so far, by others before this began too. */
  public Duration skipped() {
    return Duration.ofNanos(skipped.get());
  }

  /** Lets time pass that nobody waits for. */
  public void skip(Duration duration) {
    skipped.addAndGet(duration.toNanos());
    clock.skip(duration.toNanos());
  }
}

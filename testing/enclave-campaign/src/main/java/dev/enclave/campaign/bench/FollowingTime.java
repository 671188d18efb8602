package dev.enclave.campaign.bench;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** The server's own time: of a client that looks on while others skip theirs. Thread-safe. */
final class FollowingTime implements TimeSource {

  private final SkippedClock clock;

  FollowingTime(SkippedClock clock) {
    this.clock = clock;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime() + clock.skipped();
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    clock.skip(Math.max(0, duration.toNanos()));
  }
}

package dev.enclave.testkit.contract;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * The same time by a wall clock that somebody has set.
 *
 * @param time the time
 * @param by how far the wall clock is ahead of it
 */
record SteppedTime(TimeSource time, Duration by) implements TimeSource {

  @Override
  public Instant now() {
    return time.now().plus(by);
  }

  @Override
  public long nanoTime() {
    return time.nanoTime();
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    time.pause(duration);
  }
}

package dev.enclave.testkit.internal;

import dev.enclave.spi.CallContext;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * The same time by a wall clock that somebody has set.
 *
 * @param time the time
 * @param by how far the wall clock is ahead of it
 */
public record SteppedTime(TimeSource time, Duration by) implements TimeSource {

  /** The same call after somebody has set the wall clock; its deadline stays. */
  public static CallContext of(CallContext call, Duration by) {
    return CallContext.of(
            call.operationId(),
            call.attempt(),
            call.deadline(),
            new SteppedTime(call.time(), by),
            call.requestIds())
        .withProviderTimes(call.providerTimes());
  }

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

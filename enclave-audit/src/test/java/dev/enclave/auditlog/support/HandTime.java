package dev.enclave.auditlog.support;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock advanced by hand; a pause advances it and is remembered. */
public final class HandTime implements TimeSource {

  private final List<Duration> pauses = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long nanos = Long.MAX_VALUE - 1_000;
  private boolean interrupting;

  public synchronized void advance(Duration by) {
    now = now.plus(by);
    nanos += by.toNanos();
  }

  /** Sets the wall clock alone, as an operator or NTP does. */
  public synchronized void setWallClock(Instant to) {
    now = to;
  }

  /** From now on every pause is interrupted. */
  public synchronized void interruptPauses() {
    interrupting = true;
  }

  public synchronized List<Duration> pauses() {
    return List.copyOf(pauses);
  }

  /** How long all pauses were together. */
  public synchronized Duration waited() {
    return pauses.stream().reduce(Duration.ZERO, Duration::plus);
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }

  @Override
  public synchronized void pause(Duration duration) throws InterruptedException {
    if (interrupting) {
      throw new InterruptedException("as the test wants");
    }
    pauses.add(duration);
    advance(duration);
  }
}

package dev.enclave.browser;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Moves when told to. */
final class StepClock implements InstantSource {

  private Instant now = Instant.parse("2026-03-01T12:00:00Z");

  synchronized void advance(Duration by) {
    now = now.plus(by);
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }
}

package dev.enclave.emulators;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The real time, moved when told to: clients sign with the real one. */
public final class ManualClock implements InstantSource {

  private volatile Duration offset = Duration.ZERO;

  @Override
  public Instant instant() {
    return Instant.now().plus(offset);
  }

  public void advance(Duration by) {
    offset = offset.plus(by);
  }
}

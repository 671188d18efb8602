package dev.enclave.campaign.bench;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's clock, ahead by all that any client has skipped. Thread-safe. */
final class SkippedClock implements InstantSource {

  private final AtomicLong skipped = new AtomicLong();

  @Override
  public Instant instant() {
    return Instant.now().plusNanos(skipped.get());
  }

  void skip(long nanos) {
    skipped.addAndGet(nanos);
  }

  long skipped() {
    return skipped.get();
  }
}

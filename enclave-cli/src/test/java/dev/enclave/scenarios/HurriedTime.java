package dev.enclave.scenarios;

import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's time, in which pauses are skipped: they count, and nobody waits. Thread-safe. */
final class HurriedTime implements TimeSource {

  /** By everybody, for the date. */
  private final AtomicLong skipped;

  /** By whose time this is, for deadlines. */
  private final AtomicLong ownSkipped = new AtomicLong();

  HurriedTime() {
    this(new AtomicLong());
  }

  private HurriedTime(AtomicLong skipped) {
    this.skipped = skipped;
  }

  /** Of another process: with the same date, and no pause of one ends a deadline of the other. */
  HurriedTime another() {
    return new HurriedTime(skipped);
  }

  @Override
  public Instant now() {
    return Instant.now().plusNanos(skipped.get());
  }

  @Override
  public long nanoTime() {
    return System.nanoTime() + ownSkipped.get();
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    long nanos = Math.max(0, duration.toNanos());
    skipped.addAndGet(nanos);
    ownSkipped.addAndGet(nanos);
  }
}

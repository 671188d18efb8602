package dev.enclave.jobs;

import com.github.kagkarlsson.scheduler.Clock;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * The database's clock, as this process last saw it: every replica goes by the same one.
 * Thread-safe.
 */
final class DatabaseClock implements Clock {

  private final TimeSource time;
  private volatile Duration ahead = Duration.ZERO;

  DatabaseClock(TimeSource time) {
    this.time = time;
  }

  /** Takes a reading of the database's clock, made just now. */
  void set(Instant database) {
    ahead = Duration.between(time.now(), database);
  }

  @Override
  public Instant now() {
    return time.now().plus(ahead);
  }

  /** A moment of this machine's clock, by the database's. */
  Instant of(Instant here) {
    return here.plus(ahead);
  }

  /** This machine's own clock. */
  Instant here() {
    return time.now();
  }
}

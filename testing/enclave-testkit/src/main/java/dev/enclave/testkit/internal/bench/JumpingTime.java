package dev.enclave.testkit.internal.bench;

import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A wall clock that jumps when told to, so that keys become due, while the time that deadlines are
 * measured by goes on as it does: calls that are under way do not end for it. A server that shares
 * a {@link MutableClock} with the harness jumps too. Pauses are not sat out. Thread-safe.
 */
public final class JumpingTime implements TimeSource {

  private final TimeSource time;
  private final AtomicLong aheadNanos = new AtomicLong();

  public JumpingTime(TimeSource time) {
    this.time = time;
  }

  /** Lets the wall clock jump ahead. */
  public synchronized void jump(Duration by) {
    if (time instanceof MutableClock clock) {
      clock.setWallClock(clock.now().plus(by));
    } else {
      aheadNanos.addAndGet(by.toNanos());
    }
  }

  @Override
  public Instant now() {
    return time.now().plusNanos(aheadNanos.get());
  }

  @Override
  public long nanoTime() {
    return time.nanoTime();
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (time instanceof MutableClock) {
      // Its own pause would bring the deadlines of all other threads nearer too.
      jump(duration);
    }
  }
}

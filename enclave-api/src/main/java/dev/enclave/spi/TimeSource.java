package dev.enclave.spi;

import java.time.Duration;
import java.time.Instant;

/** Time as a parameter. Thread-safe. */
public interface TimeSource {

  /** Wall-clock time. */
  Instant now();

  /** Elapsed time in nanoseconds from some fixed point; never goes back. */
  long nanoTime();

  /**
   * Waits.
   *
   * @throws InterruptedException when the thread is interrupted meanwhile
   */
  void pause(Duration duration) throws InterruptedException;
}

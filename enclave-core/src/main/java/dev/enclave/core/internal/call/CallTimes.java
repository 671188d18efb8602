package dev.enclave.core.internal.call;

import dev.enclave.spi.TimeSource;
import java.time.Duration;

/** How long an operation takes, and how much of it is the backend's. Used by one thread. */
public final class CallTimes {

  private final TimeSource time;
  private final long startedNanos;
  private long attemptNanos;
  private long atBackendNanos;

  /** Begins now. */
  public CallTimes(TimeSource time) {
    this.time = time;
    this.startedNanos = time.nanoTime();
  }

  void attemptBegins() {
    attemptNanos = time.nanoTime();
  }

  void attemptEnds() {
    atBackendNanos += time.nanoTime() - attemptNanos;
  }

  /** Since the beginning. */
  public Duration whole() {
    return Duration.ofNanos(time.nanoTime() - startedNanos);
  }

  /** All attempts together. */
  public Duration atBackend() {
    return Duration.ofNanos(atBackendNanos);
  }
}

package dev.enclave.core.internal.call;

import dev.enclave.spi.TimeSource;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A backend's own clock, as its answers have told it. Thread-safe. */
public final class ProviderClock {

  private record Told(Instant at, long nanos) {}

  private final TimeSource time;
  private volatile @Nullable Told newest;

  ProviderClock(TimeSource time) {
    this.time = time;
  }

  /** Takes the time that an answer carries. */
  void tell(Instant at) {
    newest = new Told(at, time.nanoTime());
  }

  /** The time by it now; none if no answer has told any. */
  public Optional<Instant> now() {
    return Optional.ofNullable(newest)
        .map(told -> told.at().plusNanos(Math.max(0, time.nanoTime() - told.nanos())));
  }
}

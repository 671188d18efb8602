package dev.enclave.emulators.internal.aws.kms;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a symmetric KMS key is rotated by itself. Thread-safe. */
final class Rotation {

  private @Nullable Instant since;
  private int periodInDays;
  private int onDemand;

  synchronized void enable(Instant now, int newPeriodInDays) {
    since = now;
    periodInDays = newPeriodInDays;
  }

  synchronized void disable() {
    since = null;
  }

  synchronized Optional<Instant> since() {
    return Optional.ofNullable(since);
  }

  synchronized int periodInDays() {
    return periodInDays;
  }

  /** How often the key was rotated on demand, this time included. */
  synchronized int countOnDemand() {
    return ++onDemand;
  }
}

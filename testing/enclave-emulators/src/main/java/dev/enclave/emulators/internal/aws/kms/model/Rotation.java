package dev.enclave.emulators.internal.aws.kms.model;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a symmetric KMS key is rotated by itself. Thread-safe. */
public final class Rotation {

  private @Nullable Instant since;
  private int periodInDays;
  private int onDemand;

  public synchronized void enable(Instant now, int newPeriodInDays) {
    since = now;
    periodInDays = newPeriodInDays;
  }

  public synchronized void disable() {
    since = null;
  }

  public synchronized Optional<Instant> since() {
    return Optional.ofNullable(since);
  }

  public synchronized int periodInDays() {
    return periodInDays;
  }

  /** How often the key was rotated on demand, this time included. */
  public synchronized int countOnDemand() {
    return ++onDemand;
  }
}

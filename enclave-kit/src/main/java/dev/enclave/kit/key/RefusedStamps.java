package dev.enclave.kit.key;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The stamps of adopted keys that a key service just refused to tell. The engine reads an adopted
 * key every minute, and each refusal is an event in the service's audit log that may raise an
 * alarm; so the service is asked again once {@link #KEPT} has passed. Thread-safe.
 */
public final class RefusedStamps {

  /** How long after a permission was granted the stamp may still count as unreadable. */
  public static final Duration KEPT = Duration.ofMinutes(5);

  private record Refusal(StampReading reading, long atNanos) {}

  private final TimeSource time;
  private final Map<String, Refusal> refusals = new ConcurrentHashMap<>();

  /** None yet. */
  public RefusedStamps(TimeSource time) {
    this.time = time;
  }

  /** The refusal for the key of that name at the service, if it is young enough. */
  public Optional<StampReading> recent(String key) {
    Refusal refusal = refusals.get(key);
    return refusal == null || time.nanoTime() - refusal.atNanos() >= KEPT.toNanos()
        ? Optional.empty()
        : Optional.of(refusal.reading());
  }

  /** Keeps a refusal, and returns what it leaves of the stamp. */
  public StampReading note(String key, String reason, String remedy) {
    StampReading reading = StampReading.unreadable(reason, remedy);
    refusals.put(key, new Refusal(reading, time.nanoTime()));
    return reading;
  }
}

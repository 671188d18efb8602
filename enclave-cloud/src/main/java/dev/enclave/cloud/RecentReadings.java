package dev.enclave.cloud;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The states that were read or written a moment ago. The key services know no key that may verify
 * but not sign, so it is by these that a retired version is refused; asking the service before
 * every signature would halve the rate. Thread-safe.
 *
 * <p>It is the engine that decides how old a reading may be, and it reads keys ahead of that age,
 * so nothing is ever asked for this. What another process retires, this one may use until the
 * engine reads the key; what another process disables or destroys, the service refuses at once.
 */
public final class RecentReadings {

  /**
   * A little over the greatest age that {@code enclave.reading.maximum-age} can have: a key that
   * cannot be read signs by an older reading for as long as the engine allows.
   */
  public static final Duration MAXIMUM_AGE = Duration.ofMinutes(61);

  private static final int SWEEP_EVERY = 10_000;

  /**
   * One version of a key.
   *
   * @param name what the key is called here
   * @param version the service's own id of the version
   */
  public record Id(KeyName name, String version) {}

  /**
   * What was read.
   *
   * @param state the state
   * @param stamp the key's stamp
   * @param atNanos when the reading began, or the write ended
   */
  public record Reading(KeyState state, StampReading stamp, long atNanos) {}

  /**
   * A version that signed, or could have, when it was read last.
   *
   * @param uri the service's own name of the version
   * @param algorithm its scheme
   */
  public record Usable(String uri, KeyAlgorithm algorithm) {}

  private final TimeSource time;
  private final AtomicReference<@Nullable Usable> lastToSign = new AtomicReference<>();
  private final Map<Id, Reading> newest = new ConcurrentHashMap<>();
  private final AtomicInteger noted = new AtomicInteger();

  /** None yet. */
  public RecentReadings(TimeSource time) {
    this.time = time;
  }

  /** What {@link Reading#atNanos} is counted by. */
  public long now() {
    return time.nanoTime();
  }

  /** A reading; one that began before what is known already says nothing new. */
  public void note(Id id, Reading reading) {
    newest.merge(
        id, reading, (known, next) -> next.atNanos() - known.atNanos() >= 0 ? next : known);
    if (noted.incrementAndGet() % SWEEP_EVERY == 0) {
      newest.values().removeIf(this::tooOld);
    }
  }

  /** Remembers a version that is active and signs. */
  public void noteToSign(Usable version) {
    lastToSign.set(version);
  }

  /** The version to try whether signing would work; none before any was read. */
  public Optional<Usable> lastToSign() {
    return Optional.ofNullable(lastToSign.get());
  }

  /** The newest reading that is young enough. */
  public Optional<Reading> recent(Id id) {
    Reading reading = newest.get(id);
    return reading == null || tooOld(reading) ? Optional.empty() : Optional.of(reading);
  }

  /** The service said otherwise. */
  public void forget(Id id) {
    newest.remove(id);
  }

  private boolean tooOld(Reading reading) {
    return time.nanoTime() - reading.atNanos() > MAXIMUM_AGE.toNanos();
  }
}

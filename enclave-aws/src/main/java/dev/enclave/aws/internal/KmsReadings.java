package dev.enclave.aws.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
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
 * The states that were read or written a moment ago. KMS knows no key that may verify but not sign,
 * so it is here that a retired version is refused; asking KMS before every signature would halve
 * the rate. Thread-safe.
 *
 * <p>The engine reads a key anew each minute, so in the steady state nothing is ever asked for
 * this. What another process retires, this one may use until its reading is too old; what another
 * process disables or destroys, KMS refuses at once.
 */
final class KmsReadings {

  /** A little over the engine's own age for remote readings, so that those always come first. */
  static final Duration MAXIMUM_AGE = Duration.ofSeconds(75);

  private static final int SWEEP_EVERY = 10_000;

  /**
   * One version of a key.
   *
   * @param name what the key is called here
   * @param keyId the KMS key
   */
  record Id(KeyName name, String keyId) {}

  /**
   * What was read.
   *
   * @param state the state
   * @param stamp the key's stamp
   * @param atNanos when the reading began, or the write ended
   */
  record Reading(KeyState state, Optional<EnvironmentType> stamp, long atNanos) {}

  /**
   * A version that signed, or could have, when it was read last.
   *
   * @param arn the KMS key
   * @param algorithm its scheme
   */
  record Usable(String arn, KeyAlgorithm algorithm) {}

  private final TimeSource time;
  private final AtomicReference<@Nullable Usable> lastToSign = new AtomicReference<>();
  private final Map<Id, Reading> newest = new ConcurrentHashMap<>();
  private final AtomicInteger noted = new AtomicInteger();

  KmsReadings(TimeSource time) {
    this.time = time;
  }

  long now() {
    return time.nanoTime();
  }

  /** A reading; one that began before what is known already says nothing new. */
  void note(Id id, Reading reading) {
    newest.merge(
        id, reading, (known, next) -> next.atNanos() - known.atNanos() >= 0 ? next : known);
    if (noted.incrementAndGet() % SWEEP_EVERY == 0) {
      newest.values().removeIf(this::tooOld);
    }
  }

  /** Remembers a version that is active and signs. */
  void noteToSign(Usable version) {
    lastToSign.set(version);
  }

  /** The version to try whether signing would work; none before any was read. */
  Optional<Usable> lastToSign() {
    return Optional.ofNullable(lastToSign.get());
  }

  /** The newest reading that is young enough. */
  Optional<Reading> recent(Id id) {
    Reading reading = newest.get(id);
    return reading == null || tooOld(reading) ? Optional.empty() : Optional.of(reading);
  }

  /** KMS said otherwise. */
  void forget(Id id) {
    newest.remove(id);
  }

  private boolean tooOld(Reading reading) {
    return time.nanoTime() - reading.atNanos() > MAXIMUM_AGE.toNanos();
  }
}

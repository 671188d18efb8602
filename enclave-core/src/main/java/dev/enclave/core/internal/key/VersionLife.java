package dev.enclave.core.internal.key;

import dev.enclave.KeyPurpose;
import dev.enclave.RotationInterval;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.Setting;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import java.time.Duration;
import java.util.Optional;

/**
 * How long the versions of keys are in which state.
 *
 * @param rotation how often keys are due that do not say otherwise
 * @param publishAhead how long a version is published before it signs; zero for not at all
 * @param verifyFor how long a version verifies after it was replaced; none for ever
 * @param destroyAfter how long after it was replaced a version is destroyed; none for never
 * @param cacheTime how long a verifier may keep public keys
 */
public record VersionLife(
    RotationInterval rotation,
    Duration publishAhead,
    Optional<Duration> verifyFor,
    Optional<Duration> destroyAfter,
    Duration cacheTime) {

  /** By so much the clocks of two machines, or of a machine and a provider, may differ. */
  public static final Duration CLOCKS_APART = Duration.ofMinutes(10);

  /**
   * As configured.
   *
   * @param rotation the policy's interval
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_INVALID_VALUE}) for a value that
   *     is no duration, and for values that contradict each other
   */
  public static VersionLife of(RotationInterval rotation, Configuration configuration) {
    VersionLife life =
        new VersionLife(
            rotation,
            configuration.get(Settings.ROTATION_PUBLISH_AHEAD),
            configuration.find(Settings.ROTATION_VERIFY_FOR),
            configuration.find(Settings.ROTATION_DESTROY_AFTER),
            configuration.get(Settings.ROTATION_CACHE_TIME));
    life.requireConsistent(configuration);
    return life;
  }

  private void requireConsistent(Configuration configuration) {
    String cache =
        "verifiers may keep public keys for " + cacheTime + " (" + Settings.ROTATION_CACHE_TIME;
    if (!publishAhead.isZero()) {
      Duration least = cacheTime.plus(CLOCKS_APART);
      require(
          publishAhead.compareTo(least) >= 0,
          Settings.ROTATION_PUBLISH_AHEAD,
          cache + ") and clocks differ by up to " + CLOCKS_APART,
          "Set it to " + least + " or longer, or shorten the cache time.",
          configuration);
      require(
          rotation.period().filter(p -> p.compareTo(publishAhead) < 0).isEmpty(),
          Settings.ROTATION_PUBLISH_AHEAD,
          "keys are rotated every " + rotation + " (" + Settings.ROTATION_INTERVAL + ")",
          "Publish not longer ahead than the interval is, or make the interval longer.",
          configuration);
    }
    if (verifyFor.isPresent()) {
      Duration reading = ReadingAge.remote(configuration).maximum();
      Duration least = cacheTime.plus(reading).plus(CLOCKS_APART);
      require(
          verifyFor.get().compareTo(least) >= 0,
          Settings.ROTATION_VERIFY_FOR,
          cache
              + "), another process may sign with the old version for "
              + reading
              + " ("
              + Settings.READING_MAXIMUM_AGE
              + ") and clocks differ by up to "
              + CLOCKS_APART,
          "Set it to " + least + " or longer, or shorten the cache time.",
          configuration);
    }
    if (destroyAfter.isPresent()) {
      require(
          verifyFor.filter(until -> until.compareTo(destroyAfter.get()) < 0).isPresent(),
          Settings.ROTATION_DESTROY_AFTER,
          verifyFor
              .map(until -> "a version verifies for " + until + " (")
              .orElse("versions verify for ever (not set: ")
              .concat(Settings.ROTATION_VERIFY_FOR + ")"),
          "Both count from the moment when a version is replaced: set "
              + Settings.ROTATION_VERIFY_FOR
              + " to less than "
              + Settings.ROTATION_DESTROY_AFTER
              + ".",
          configuration);
    }
  }

  private static void require(
      boolean holds, Setting<?> name, String why, String fix, Configuration configuration) {
    if (!holds) {
      throw new ConfigurationException(
          ErrorCode.CONFIGURATION_INVALID_VALUE,
          configuration.stated(name) + ", and " + why + ".",
          fix);
    }
  }

  /** How long the versions of a key are published before they are used. */
  public Duration publishAhead(KeyPurpose purpose) {
    return purpose == KeyPurpose.SIGN ? publishAhead : Duration.ZERO;
  }
}

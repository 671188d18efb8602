package dev.enclave.core.internal.key;

import dev.enclave.KeyPurpose;
import dev.enclave.RotationInterval;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.texts.Texts;
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
    if (!publishAhead.isZero()) {
      Duration least = cacheTime.plus(CLOCKS_APART);
      if (publishAhead.compareTo(least) < 0) {
        throw Texts.PUBLISHED_TOO_SHORT.as(
            ErrorCode.CONFIGURATION_INVALID_VALUE,
            configuration.stated(Settings.ROTATION_PUBLISH_AHEAD),
            cacheTime,
            Settings.ROTATION_CACHE_TIME.name(),
            CLOCKS_APART,
            least);
      }
      if (rotation.period().filter(p -> p.compareTo(publishAhead) < 0).isPresent()) {
        throw Texts.PUBLISHED_TOO_LONG.as(
            ErrorCode.CONFIGURATION_INVALID_VALUE,
            configuration.stated(Settings.ROTATION_PUBLISH_AHEAD),
            rotation,
            Settings.ROTATION_INTERVAL.name());
      }
    }
    if (verifyFor.isPresent()) {
      Duration reading = ReadingAge.remote(configuration).maximum();
      Duration least = cacheTime.plus(reading).plus(CLOCKS_APART);
      if (verifyFor.get().compareTo(least) < 0) {
        throw Texts.VERIFIED_TOO_SHORT.as(
            ErrorCode.CONFIGURATION_INVALID_VALUE,
            configuration.stated(Settings.ROTATION_VERIFY_FOR),
            cacheTime,
            Settings.ROTATION_CACHE_TIME.name(),
            reading,
            Settings.READING_MAXIMUM_AGE.name(),
            CLOCKS_APART,
            least);
      }
    }
    if (destroyAfter.isPresent() && verifyFor.isEmpty()) {
      throw Texts.DESTROYED_BUT_VERIFIED_EVER.as(
          ErrorCode.CONFIGURATION_INVALID_VALUE,
          configuration.stated(Settings.ROTATION_DESTROY_AFTER),
          Settings.ROTATION_VERIFY_FOR.name(),
          Settings.ROTATION_DESTROY_AFTER.name());
    }
    if (destroyAfter.isPresent() && verifyFor.get().compareTo(destroyAfter.get()) >= 0) {
      throw Texts.DESTROYED_BEFORE_VERIFIED.as(
          ErrorCode.CONFIGURATION_INVALID_VALUE,
          configuration.stated(Settings.ROTATION_DESTROY_AFTER),
          verifyFor.get(),
          Settings.ROTATION_VERIFY_FOR.name(),
          Settings.ROTATION_DESTROY_AFTER.name());
    }
  }

  /** How long the versions of a key are published before they are used. */
  public Duration publishAhead(KeyPurpose purpose) {
    return purpose == KeyPurpose.SIGN ? publishAhead : Duration.ZERO;
  }
}

package dev.enclave.spi.backend;

import dev.enclave.EnvironmentType;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * What a backend is opened with; it takes time, randomness and environment from nowhere else. Made
 * by {@link #of}: later versions have more components.
 *
 * @param settings its own section of the configuration
 * @param environment the environment type of this process
 * @param snapshot the environment, for what settings do not say
 * @param time the clock
 * @param random for keys and nonces
 * @param reducedSecurityAcknowledged whether {@code enclave.acknowledge-reduced-security} is true;
 *     without it a backend that would keep keys PLAINTEXT, though its ceiling is better, does not
 *     open
 * @param keyEncryptionKeys wrapping keys of other backends
 * @param publishAhead how long a version that a rotation prepared waits before it is activated
 */
public record BackendContext(
    BackendSettings settings,
    EnvironmentType environment,
    EnvironmentSnapshot snapshot,
    TimeSource time,
    SecureRandom random,
    boolean reducedSecurityAcknowledged,
    KeyEncryptionKeys keyEncryptionKeys,
    Duration publishAhead) {

  /** Nothing acknowledged, no keys of other backends, and versions activated at once. */
  public static BackendContext of(
      BackendSettings settings,
      EnvironmentType environment,
      EnvironmentSnapshot snapshot,
      TimeSource time,
      SecureRandom random) {
    return new BackendContext(
        settings,
        environment,
        snapshot,
        time,
        random,
        false,
        KeyEncryptionKeys.none(),
        Duration.ZERO);
  }

  /** The same with other settings. */
  public BackendContext withSettings(BackendSettings other) {
    return new BackendContext(
        other,
        environment,
        snapshot,
        time,
        random,
        reducedSecurityAcknowledged,
        keyEncryptionKeys,
        publishAhead);
  }

  /** The same in another environment. */
  public BackendContext in(EnvironmentType type, EnvironmentSnapshot machine) {
    return new BackendContext(
        settings,
        type,
        machine,
        time,
        random,
        reducedSecurityAcknowledged,
        keyEncryptionKeys,
        publishAhead);
  }

  /** The same on another clock. */
  public BackendContext on(TimeSource clock) {
    return new BackendContext(
        settings,
        environment,
        snapshot,
        clock,
        random,
        reducedSecurityAcknowledged,
        keyEncryptionKeys,
        publishAhead);
  }

  /** The same with reduced security acknowledged, or not. */
  public BackendContext acknowledging(boolean reducedSecurity) {
    return new BackendContext(
        settings,
        environment,
        snapshot,
        time,
        random,
        reducedSecurity,
        keyEncryptionKeys,
        publishAhead);
  }

  /** The same with wrapping keys of other backends. */
  public BackendContext lending(KeyEncryptionKeys keys) {
    return new BackendContext(
        settings,
        environment,
        snapshot,
        time,
        random,
        reducedSecurityAcknowledged,
        keys,
        publishAhead);
  }

  /** The same where versions are published for so long before they are activated. */
  public BackendContext publishing(Duration ahead) {
    return new BackendContext(
        settings,
        environment,
        snapshot,
        time,
        random,
        reducedSecurityAcknowledged,
        keyEncryptionKeys,
        ahead);
  }
}

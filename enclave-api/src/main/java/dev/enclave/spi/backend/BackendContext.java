package dev.enclave.spi.backend;

import dev.enclave.EnvironmentType;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.security.SecureRandom;

/**
 * What a backend is opened with; it takes time, randomness and environment from nowhere else. Made
 * by {@link #of}: later versions have more components.
 *
 * @param settings its own section of the configuration
 * @param environment the environment type of this process
 * @param snapshot the environment, for what settings do not say
 * @param time the clock
 * @param random for keys and nonces
 * @param reducedSecurityAcknowledged whether {@code enclave.acknowledge-reduced-security} is true
 * @param keyEncryptionKeys wrapping keys of other backends
 */
public record BackendContext(
    BackendSettings settings,
    EnvironmentType environment,
    EnvironmentSnapshot snapshot,
    TimeSource time,
    SecureRandom random,
    boolean reducedSecurityAcknowledged,
    KeyEncryptionKeys keyEncryptionKeys) {

  /** Nothing acknowledged, and no keys of other backends. */
  public static BackendContext of(
      BackendSettings settings,
      EnvironmentType environment,
      EnvironmentSnapshot snapshot,
      TimeSource time,
      SecureRandom random) {
    return new BackendContext(
        settings, environment, snapshot, time, random, false, KeyEncryptionKeys.none());
  }

  /** The same with other settings. */
  public BackendContext withSettings(BackendSettings other) {
    return new BackendContext(
        other, environment, snapshot, time, random, reducedSecurityAcknowledged, keyEncryptionKeys);
  }

  /** The same in another environment. */
  public BackendContext in(EnvironmentType type, EnvironmentSnapshot machine) {
    return new BackendContext(
        settings, type, machine, time, random, reducedSecurityAcknowledged, keyEncryptionKeys);
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
        keyEncryptionKeys);
  }

  /** The same with reduced security acknowledged, or not. */
  public BackendContext acknowledging(boolean reducedSecurity) {
    return new BackendContext(
        settings, environment, snapshot, time, random, reducedSecurity, keyEncryptionKeys);
  }

  /** The same with wrapping keys of other backends. */
  public BackendContext lending(KeyEncryptionKeys keys) {
    return new BackendContext(
        settings, environment, snapshot, time, random, reducedSecurityAcknowledged, keys);
  }
}

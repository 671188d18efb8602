package dev.enclave.spi;

import dev.enclave.EnvironmentType;
import java.security.SecureRandom;

/**
 * What a backend is opened with; it takes time, randomness and environment from nowhere else.
 *
 * @param settings its own section of the configuration
 * @param environment the environment type of this process
 * @param snapshot the environment, for what settings do not say
 * @param time the clock
 * @param random for keys and nonces
 * @param reducedSecurityAcknowledged whether {@code enclave.acknowledge-reduced-security} is true
 */
public record BackendContext(
    BackendSettings settings,
    EnvironmentType environment,
    EnvironmentSnapshot snapshot,
    TimeSource time,
    SecureRandom random,
    boolean reducedSecurityAcknowledged) {}

package dev.enclave;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What an environment type allows. Immutable. {@link #defaultsFor} is the table; configuration
 * changes single entries within the limits {@code docs/policy.md} states.
 *
 * @param environment the environment type it is for
 * @param minimumAssurance the weakest protection a key version may have
 * @param allowedBackends the backends keys may live in; none allows every one
 * @param allowedAlgorithms the schemes that may be used
 * @param foreignOriginAllowed whether IMPORTED and UNKNOWN origins are allowed
 * @param durableAudit whether records must be durable before results are released, and operations
 *     refused when the log cannot be written
 * @param rotation when keys that do not say otherwise are due
 */
public record SecurityPolicy(
    EnvironmentType environment,
    Assurance minimumAssurance,
    Optional<Set<BackendId>> allowedBackends,
    Set<KeyAlgorithm> allowedAlgorithms,
    boolean foreignOriginAllowed,
    boolean durableAudit,
    RotationInterval rotation) {

  public SecurityPolicy {
    allowedBackends = allowedBackends.map(Set::copyOf);
    allowedAlgorithms = Set.copyOf(allowedAlgorithms);
  }

  /** The policy of an environment type with nothing configured. */
  public static SecurityPolicy defaultsFor(EnvironmentType environment) {
    boolean strict = environment.isStrict();
    return new SecurityPolicy(
        environment,
        defaultAssurance(environment),
        Optional.empty(),
        Set.copyOf(KeyAlgorithm.all()),
        !strict,
        strict,
        strict ? RotationInterval.every(Duration.ofDays(90)) : RotationInterval.NEVER);
  }

  private static Assurance defaultAssurance(EnvironmentType environment) {
    return switch (environment) {
      case PRODUCTION -> Assurance.HSM;
      case STAGING -> Assurance.HSM_WRAPPED;
      case DEVELOPMENT -> Assurance.SOFTWARE;
      // What is declared LOCAL is one developer's: who reads the files of keys is that developer.
      case LOCAL -> Assurance.PLAINTEXT;
    };
  }

  /** How far configuration may lower {@link #minimumAssurance} in this environment type. */
  public static Assurance lowestAssurance(EnvironmentType environment) {
    return switch (environment) {
      case PRODUCTION, STAGING -> Assurance.HSM_WRAPPED;
      case DEVELOPMENT -> Assurance.SOFTWARE;
      case LOCAL -> Assurance.PLAINTEXT;
    };
  }

  /**
   * What the environment type recommends: under it a warning is due ({@link Assurance#OS_SEALED} in
   * DEVELOPMENT and LOCAL).
   */
  public Assurance recommendedAssurance() {
    return minimumAssurance.atLeast(Assurance.OS_SEALED) ? minimumAssurance : Assurance.OS_SEALED;
  }

  public boolean allows(BackendId backend) {
    return allowedBackends.map(allowed -> allowed.contains(backend)).orElse(true);
  }

  public boolean allows(KeyAlgorithm algorithm) {
    return allowedAlgorithms.contains(algorithm);
  }

  public SecurityPolicy withMinimumAssurance(Assurance minimum) {
    return new SecurityPolicy(
        environment,
        minimum,
        allowedBackends,
        allowedAlgorithms,
        foreignOriginAllowed,
        durableAudit,
        rotation);
  }

  public SecurityPolicy withBackends(Set<BackendId> backends) {
    return new SecurityPolicy(
        environment,
        minimumAssurance,
        Optional.of(backends),
        allowedAlgorithms,
        foreignOriginAllowed,
        durableAudit,
        rotation);
  }

  public SecurityPolicy withAlgorithms(Set<KeyAlgorithm> algorithms) {
    return new SecurityPolicy(
        environment,
        minimumAssurance,
        allowedBackends,
        algorithms,
        foreignOriginAllowed,
        durableAudit,
        rotation);
  }

  public SecurityPolicy withRotation(RotationInterval interval) {
    return new SecurityPolicy(
        environment,
        minimumAssurance,
        allowedBackends,
        allowedAlgorithms,
        foreignOriginAllowed,
        durableAudit,
        interval);
  }
}

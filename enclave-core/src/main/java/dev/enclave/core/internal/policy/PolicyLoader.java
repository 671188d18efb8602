package dev.enclave.core.internal.policy;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.ErrorCode;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PolicyException;
import dev.enclave.RotationInterval;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.SettingNames;
import java.util.HashSet;
import java.util.Optional;

/** The policy of an environment type with what configuration changes in it. */
public final class PolicyLoader {

  private PolicyLoader() {}

  /**
   * Reads the policy.
   *
   * @throws dev.enclave.ConfigurationException when a value is not allowed
   * @throws PolicyException when configuration lowers what this environment type does not let it
   */
  public static SecurityPolicy load(EnvironmentType environment, Configuration configuration) {
    SecurityPolicy policy = SecurityPolicy.defaultsFor(environment);
    Optional<Assurance> minimum =
        configuration.getEnum(SettingNames.MINIMUM_ASSURANCE, Assurance.class);
    if (minimum.isPresent()) {
      requireAllowed(environment, minimum.get(), configuration);
      policy = policy.withMinimumAssurance(minimum.get());
    }
    Optional<java.util.List<BackendId>> backends =
        configuration.getList(
            SettingNames.BACKENDS, "backend ids such as aws-kms,os", BackendId::new);
    if (backends.isPresent()) {
      policy = policy.withBackends(new HashSet<>(backends.get()));
    }
    Optional<java.util.List<KeyAlgorithm>> algorithms =
        configuration.getList(
            SettingNames.ALGORITHMS,
            "algorithms such as ED25519,ECDSA_P256_SHA256",
            KeyAlgorithm::parse);
    if (algorithms.isPresent()) {
      policy = policy.withAlgorithms(new HashSet<>(algorithms.get()));
    }
    Optional<RotationInterval> rotation =
        configuration.get(
            SettingNames.ROTATION_INTERVAL,
            "never or an ISO 8601 duration of an hour or more, such as P90D",
            PolicyLoader::interval);
    return rotation.isPresent() ? policy.withRotation(rotation.get()) : policy;
  }

  private static RotationInterval interval(String text) {
    RotationInterval interval = RotationInterval.parse(text);
    if (interval.inherited()) {
      throw new IllegalArgumentException("the policy cannot inherit from itself");
    }
    return interval;
  }

  private static void requireAllowed(
      EnvironmentType environment, Assurance minimum, Configuration configuration) {
    Assurance lowest = SecurityPolicy.lowestAssurance(environment);
    if (!minimum.atLeast(lowest)) {
      throw new PolicyException(
          ErrorCode.ASSURANCE_TOO_LOW,
          "enclave.minimum-assurance="
              + minimum
              + " is less than "
              + environment
              + " allows. Set it to "
              + lowest
              + " or stronger.");
    }
    if (minimum == Assurance.PLAINTEXT && !acknowledged(configuration)) {
      throw new PolicyException(
          ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED,
          "enclave.minimum-assurance=plaintext lets keys lie unencrypted. If that is meant, set"
              + " enclave.acknowledge-reduced-security=true as well.");
    }
  }

  /** Whether the operator acknowledges reduced security. */
  public static boolean acknowledged(Configuration configuration) {
    return configuration
        .get(
            SettingNames.ACKNOWLEDGE,
            "true or false",
            text -> {
              if (!text.equals("true") && !text.equals("false")) {
                throw new IllegalArgumentException("neither true nor false");
              }
              return Boolean.valueOf(text);
            })
        .orElse(false);
  }
}

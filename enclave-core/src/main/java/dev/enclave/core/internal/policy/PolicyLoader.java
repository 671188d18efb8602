package dev.enclave.core.internal.policy;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.Setting;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The policy of an environment type with what configuration changes in it. */
public final class PolicyLoader {

  private PolicyLoader() {}

  /**
   * A policy and what is wrong with its settings.
   *
   * @param policy with the default in the place of each refused setting
   * @param refusals one for each refused setting; with any, the policy is for reports only
   */
  public record Reading(SecurityPolicy policy, List<EnclaveException> refusals) {
    public Reading {
      refusals = List.copyOf(refusals);
    }
  }

  /** Reads every setting, so that all wrong ones are told at once. */
  public static Reading read(EnvironmentType environment, Configuration configuration) {
    List<EnclaveException> refusals = new ArrayList<>();
    SecurityPolicy policy = SecurityPolicy.defaultsFor(environment);
    for (Step step :
        List.<Step>of(
            PolicyLoader::minimum,
            step(Settings.BACKENDS, (p, ids) -> p.withBackends(new HashSet<>(ids))),
            step(Settings.ALGORITHMS, (p, all) -> p.withAlgorithms(new HashSet<>(all))),
            step(Settings.ROTATION_INTERVAL, SecurityPolicy::withRotation))) {
      try {
        policy = step.apply(policy, configuration);
      } catch (EnclaveException e) {
        refusals.add(e);
      }
    }
    return new Reading(policy, refusals);
  }

  private interface Step {
    SecurityPolicy apply(SecurityPolicy policy, Configuration configuration);
  }

  private static <T> Step step(
      Setting<T> setting, BiFunction<SecurityPolicy, T, SecurityPolicy> with) {
    return (policy, configuration) ->
        configuration.find(setting).map(value -> with.apply(policy, value)).orElse(policy);
  }

  private static SecurityPolicy minimum(SecurityPolicy policy, Configuration configuration) {
    Optional<Assurance> minimum = configuration.find(Settings.MINIMUM_ASSURANCE);
    Assurance lowest = PolicyMatrix.lowest(policy.environment());
    if (minimum.isPresent() && !minimum.get().atLeast(lowest)) {
      throw Texts.MINIMUM_TOO_LOW.as(
          ErrorCode.ASSURANCE_TOO_LOW,
          configuration.stated(Settings.MINIMUM_ASSURANCE),
          policy.environment(),
          Configuration.spelled(lowest));
    }
    return minimum.map(policy::withMinimumAssurance).orElse(policy);
  }

  /** Whether the operator acknowledges reduced security. */
  public static boolean acknowledged(Configuration configuration) {
    return configuration.get(Settings.ACKNOWLEDGE);
  }

  /** The same where another place tells of a value that is neither true nor false. */
  public static boolean acknowledgedIfReadable(Configuration configuration) {
    return configuration.get(Settings.ACKNOWLEDGE.name()).filter("true"::equals).isPresent();
  }
}

package dev.enclave.core.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.policy.PolicyMatrix;
import dev.enclave.core.internal.policy.PolicyMatrix.Verdict;
import dev.enclave.core.internal.resolve.ProviderRegistry;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.spi.backend.BackendProvider;
import java.util.Optional;

/**
 * The providers on the class path, as far as the policy allows them.
 *
 * @param environmentDeclared whether somebody said which environment this is
 * @param acknowledged whether somebody acknowledged reduced security
 * @param forCompanions whether it is for keys that sign in an outage alone, which the policy's own
 *     setting allows to be in software
 */
record AllowedProviders(
    ProviderRegistry providers,
    SecurityPolicy policy,
    boolean environmentDeclared,
    boolean acknowledged,
    boolean forCompanions) {

  /**
   * The provider of an id.
   *
   * @throws ConfigurationException ({@link ErrorCode#BACKEND_NOT_FOUND}) when there is none
   * @throws PolicyException when the policy does not allow it
   */
  BackendProvider provider(BackendId id) {
    BackendProvider provider =
        providers
            .find(id)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        ErrorCode.BACKEND_NOT_FOUND,
                        "No provider of backend " + id + " is on the class path.",
                        "Add its artifact."));
    requireAllowed(id, provider);
    return provider;
  }

  private void requireAllowed(BackendId id, BackendProvider provider) {
    if (!policy.allows(id)) {
      throw new PolicyException(
          ErrorCode.BACKEND_NOT_ALLOWED,
          "The policy does not allow backend " + id + ".",
          "Add it to enclave.backends.");
    }
    if (forCompanions) {
      return;
    }
    Verdict verdict = verdict(provider);
    if (verdict == Verdict.TOO_WEAK) {
      throw new PolicyException(
          ErrorCode.ASSURANCE_TOO_LOW,
          "Backend "
              + id
              + " gives "
              + provider.assuranceCeiling()
              + " at most and "
              + policy.environment()
              + " needs "
              + policy.minimumAssurance()
              + ".",
          "Use a backend that gives that.");
    }
    if (verdict == Verdict.UNDECLARED) {
      throw new PolicyException(
          ErrorCode.ENVIRONMENT_UNDECLARED,
          "Backend "
              + id
              + " gives "
              + provider.assuranceCeiling()
              + " only, which needs an acknowledgement.",
          "Set enclave.environment.");
    }
    if (verdict == Verdict.UNACKNOWLEDGED) {
      throw new PolicyException(
          ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED,
          "Backend "
              + id
              + " gives "
              + provider.assuranceCeiling()
              + " only: keys lie there unencrypted.",
          "If that is meant, set" + " enclave.acknowledge-reduced-security=true.");
    }
  }

  /** Which class of which jar it is, for the log. */
  String origin(BackendId id) {
    return providers.find(id).map(ProviderRegistry::originOf).orElse("no provider");
  }

  /** That the provider gives less than is recommended here, if so. */
  Optional<Finding> reduced(BackendProvider provider) {
    if (forCompanions || verdict(provider) != Verdict.REDUCED) {
      return Optional.empty();
    }
    return Optional.of(
        Finding.of(
            Severity.WARNING,
            ErrorCode.ASSURANCE_TOO_LOW,
            "REDUCED SECURITY: its keys have "
                + provider.assuranceCeiling()
                + " assurance at most and "
                + PolicyMatrix.recommended(policy.environment())
                + " is recommended",
            policy.durableAudit()
                ? "remove enclave.minimum-assurance once a stronger backend is there"
                : "let nothing of value depend on these keys"));
  }

  private Verdict verdict(BackendProvider provider) {
    return PolicyMatrix.verdict(
        new PolicyMatrix.Case(
            policy.environment(),
            environmentDeclared,
            acknowledged,
            policy.minimumAssurance(),
            provider.assuranceCeiling(),
            PolicyMatrix.Configured.EXPLICITLY,
            PolicyMatrix.Detected.PRESENT));
  }
}

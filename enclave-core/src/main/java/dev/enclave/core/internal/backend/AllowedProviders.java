package dev.enclave.core.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.policy.PolicyMatrix;
import dev.enclave.core.internal.policy.PolicyMatrix.Verdict;
import dev.enclave.core.internal.resolve.ProviderRegistry;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
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
            .orElseThrow(() -> Texts.NO_SUCH_PROVIDER.as(ErrorCode.BACKEND_NOT_FOUND, id));
    requireAllowed(id, provider);
    return provider;
  }

  private void requireAllowed(BackendId id, BackendProvider provider) {
    if (!policy.allows(id)) {
      throw Texts.BACKEND_NOT_ALLOWED.as(ErrorCode.BACKEND_NOT_ALLOWED, id);
    }
    if (forCompanions) {
      return;
    }
    Verdict verdict = verdict(provider);
    if (verdict == Verdict.TOO_WEAK) {
      throw Texts.BACKEND_TOO_WEAK.as(
          ErrorCode.ASSURANCE_TOO_LOW,
          id,
          provider.assuranceCeiling(),
          policy.environment(),
          policy.minimumAssurance());
    }
    if (verdict == Verdict.UNDECLARED) {
      throw Texts.BACKEND_NEEDS_ENVIRONMENT.as(
          ErrorCode.ENVIRONMENT_UNDECLARED, id, provider.assuranceCeiling());
    }
    if (verdict == Verdict.UNACKNOWLEDGED) {
      throw Texts.BACKEND_NEEDS_ACKNOWLEDGEMENT.as(
          ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED, id, provider.assuranceCeiling());
    }
  }

  /** Which class of which jar it is, for the log. */
  String origin(BackendId id) {
    return providers.find(id).map(ProviderRegistry::originOf).orElse(Texts.NO_ORIGIN.with());
  }

  /** That the provider gives less than is recommended here, if so. */
  Optional<Finding> reduced(BackendProvider provider) {
    if (forCompanions || verdict(provider) != Verdict.REDUCED) {
      return Optional.empty();
    }
    return Optional.of(
        Texts.REDUCED_SECURITY.warning(
            ErrorCode.ASSURANCE_TOO_LOW,
            provider.assuranceCeiling(),
            PolicyMatrix.recommended(policy.environment()),
            (policy.durableAudit() ? Texts.RAISE_THE_MINIMUM : Texts.KEEP_NOTHING_OF_VALUE)
                .with()));
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

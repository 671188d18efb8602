package dev.enclave.core.internal;

import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.key.VersionLife;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.policy.PolicyLoader;
import dev.enclave.core.internal.resolve.Resolver;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.resolve.Resolver.Question;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a start-up would do.
 *
 * @param answer the chosen backend, or why there is none
 * @param obstacles every requirement that is not met, the backend's included
 */
record StartUpPlan(SecurityPolicy policy, Answer answer, List<Finding> obstacles) {

  static StartUpPlan of(StartUpContext context) {
    PolicyLoader.Reading reading =
        PolicyLoader.read(context.inference().type(), context.configuration());
    List<Finding> obstacles = new ArrayList<>();
    reading.refusals().forEach(refusal -> obstacles.add(Findings.of(refusal)));
    acknowledgement(context, reading.policy()).ifPresent(obstacles::add);
    Answer answer = answer(context, reading.policy());
    if (answer instanceof Answer.Refused refused) {
      if (!context.inference().recognised()) {
        obstacles.add(
            Texts.ENVIRONMENT_UNRECOGNISED.error(
                ErrorCode.ENVIRONMENT_UNDECLARED, context.inference().reason()));
      }
      obstacles.addAll(refused.findings());
    }
    SecurityPolicy policy = reading.policy();
    StartUp.features(context, context.opener(policy, false), new AuditLogFeature(context), true)
        .forEach(feature -> obstacles.addAll(feature.check(policy, answer)));
    obstacles.addAll(
        Feature.invalid(() -> VersionLife.of(policy.rotation(), context.configuration())));
    return new StartUpPlan(reading.policy(), answer, List.copyOf(obstacles));
  }

  private static Answer answer(StartUpContext context, SecurityPolicy policy) {
    Configuration configuration = context.configuration();
    try {
      return Resolver.resolve(
          new Question(
              context
                  .providers()
                  .candidates(
                      context.environment(), configuration::section, context.detections().places()),
              configuration.find(Settings.BACKEND),
              configuration.find(Settings.PRECEDENCE),
              policy,
              context.inference().declared(),
              PolicyLoader.acknowledgedIfReadable(configuration)));
    } catch (ConfigurationException e) {
      return new Answer.Refused(List.of(), List.of(Findings.of(e)));
    }
  }

  /** Where reduced security is never accepted, an acknowledgement of it is a mistake. */
  private static Optional<Finding> acknowledgement(StartUpContext context, SecurityPolicy policy) {
    try {
      return policy.durableAudit() && PolicyLoader.acknowledged(context.configuration())
          ? Optional.of(
              Texts.ACKNOWLEDGED_IN_VAIN.error(
                  ErrorCode.POLICY_NOT_MET,
                  context.configuration().stated(Settings.ACKNOWLEDGE),
                  policy.environment()))
          : Optional.empty();
    } catch (ConfigurationException e) {
      return Optional.of(Findings.of(e));
    }
  }

  List<Resolution.Rejection> candidates() {
    if (answer instanceof Answer.Refused refused) {
      return refused.rejections();
    }
    Resolution resolution = ((Answer.Chosen) answer).resolution();
    List<Resolution.Rejection> all = new ArrayList<>();
    all.add(new Resolution.Rejection(resolution.chosen(), "chosen: " + resolution.reason()));
    all.addAll(resolution.rejected());
    return all;
  }
}

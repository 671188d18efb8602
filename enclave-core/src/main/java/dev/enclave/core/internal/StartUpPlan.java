package dev.enclave.core.internal;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.ErrorCode;
import dev.enclave.HealthReport.Finding;
import dev.enclave.HealthReport.Severity;
import dev.enclave.Resolution;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.core.internal.policy.PolicyLoader;
import dev.enclave.core.internal.resolve.Resolver;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.resolve.Resolver.Question;
import java.util.ArrayList;
import java.util.List;

/**
 * What a start-up would do.
 *
 * @param policy the policy in force
 * @param answer the chosen backend, or why there is none
 * @param obstacles every requirement that is not met, the backend's included
 */
record StartUpPlan(SecurityPolicy policy, Answer answer, List<Finding> obstacles) {

  static StartUpPlan of(Surroundings surroundings) {
    Configuration configuration = surroundings.configuration();
    SecurityPolicy policy = PolicyLoader.load(surroundings.inference().type(), configuration);
    Answer answer =
        Resolver.resolve(
            new Question(
                surroundings
                    .providers()
                    .candidates(
                        surroundings.environment(),
                        configuration::section,
                        surroundings.detections().places()),
                configuration.get(
                    SettingNames.BACKEND, "a backend id such as aws-kms", BackendId::new),
                configuration.getList(
                    SettingNames.PRECEDENCE, "backend ids such as aws-kms,os", BackendId::new),
                policy,
                surroundings.inference().declared()));
    List<Finding> obstacles = new ArrayList<>();
    if (answer instanceof Answer.Refused refused) {
      if (!surroundings.inference().recognised()) {
        obstacles.add(unrecognised(surroundings));
      }
      obstacles.addAll(refused.findings());
    }
    if (policy.durableAudit()
        && surroundings.auditSink().isEmpty()
        && !AuditLocation.isStandardOutput(surroundings)
        && AuditLocation.of(surroundings).isEmpty()) {
      obstacles.add(
          new Finding(
              Severity.ERROR,
              ErrorCode.AUDIT_UNAVAILABLE,
              policy.environment() + " needs an audit log and none is configured",
              "set enclave.audit.directory, or enclave.audit.sink=stdout where no disk lasts"));
    }
    return new StartUpPlan(policy, answer, List.copyOf(obstacles));
  }

  private static Finding unrecognised(Surroundings surroundings) {
    return new Finding(
        Severity.ERROR,
        ErrorCode.ENVIRONMENT_UNDECLARED,
        "enclave.environment is not set and " + surroundings.inference().reason(),
        "if this is not production, set one line: enclave.environment="
            + EnvironmentType.LOCAL.name().toLowerCase(java.util.Locale.ROOT)
            + " (or development, or staging)");
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

package dev.enclave.core.internal;

import dev.enclave.Diagnosis;
import dev.enclave.EnclaveEngine.Request;
import dev.enclave.EnclaveException;
import dev.enclave.ErrorCode;
import dev.enclave.HealthReport;
import dev.enclave.HealthReport.Finding;
import dev.enclave.HealthReport.Severity;
import dev.enclave.Resolution;
import dev.enclave.core.internal.audit.FileAuditSink;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.crypto.CryptoEngines;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Reports what a start-up would do; what goes wrong meanwhile is part of the report. */
final class Doctor {

  private final Request request;

  Doctor(Request request) {
    this.request = request;
  }

  /** Looks at the chosen backend and the audit log, too. */
  Diagnosis diagnose() {
    return examine(Doctor::diagnose);
  }

  /** Looks at what was configured and detected only. */
  Diagnosis rehearse() {
    return examine(
        (surroundings, plan) ->
            report(
                surroundings,
                resolution(plan),
                plan.candidates(),
                new HealthReport(plan.obstacles())));
  }

  private Diagnosis examine(BiFunction<Surroundings, StartUpPlan, Diagnosis> examination) {
    Surroundings surroundings;
    try {
      surroundings = Surroundings.of(request);
    } catch (EnclaveException e) {
      return new Diagnosis(
          Optional.empty(),
          "the configuration cannot be used",
          List.of(),
          List.of(),
          Optional.empty(),
          List.of(),
          CryptoEngines.inventory(),
          new HealthReport(List.of(finding(e))));
    }
    try {
      return examination.apply(surroundings, StartUpPlan.of(surroundings));
    } catch (EnclaveException e) {
      return report(
          surroundings, Optional.empty(), List.of(), new HealthReport(List.of(finding(e))));
    }
  }

  private static Diagnosis diagnose(Surroundings surroundings, StartUpPlan plan) {
    List<Finding> findings = new ArrayList<>(plan.obstacles());
    auditObstacle(surroundings).ifPresent(findings::add);
    Optional<Resolution> resolution = resolution(plan);
    resolution.ifPresent(
        chosen ->
            findings.addAll(
                StartUp.opener(surroundings, plan.policy()).probe(chosen.chosen()).findings()));
    return report(surroundings, resolution, plan.candidates(), new HealthReport(findings));
  }

  private static Optional<Resolution> resolution(StartUpPlan plan) {
    return plan.answer() instanceof Answer.Chosen chosen
        ? Optional.of(chosen.resolution())
        : Optional.empty();
  }

  private static Optional<Finding> auditObstacle(Surroundings surroundings) {
    if (surroundings.auditSink().isPresent()) {
      return Optional.empty();
    }
    return AuditLocation.isStandardOutput(surroundings)
        ? Optional.of(
            new Finding(
                Severity.WARNING,
                ErrorCode.AUDIT_UNAVAILABLE,
                "the audit log is ephemeral: it goes to standard output and lasts as long as"
                    + " whoever reads that keeps it",
                "see that the platform keeps standard output, or set enclave.audit.sink=file"))
        : AuditLocation.of(surroundings)
            .flatMap(FileAuditSink::obstacle)
            .map(
                why ->
                    new Finding(
                        Severity.ERROR,
                        ErrorCode.AUDIT_UNAVAILABLE,
                        "the audit log cannot be written: " + why,
                        "correct its rights, or set enclave.audit.directory to another place"));
  }

  private static Diagnosis report(
      Surroundings surroundings,
      Optional<Resolution> resolution,
      List<Resolution.Rejection> candidates,
      HealthReport health) {
    return new Diagnosis(
        Optional.of(surroundings.inference().type()),
        surroundings.inference().reason(),
        surroundings.configuration().describe(),
        surroundings.detections().describe(),
        resolution,
        candidates,
        CryptoEngines.inventory(),
        health);
  }

  private static Finding finding(EnclaveException e) {
    return new Finding(
        Severity.ERROR, e.code(), e.getMessage(), "correct what it names and run doctor again");
  }
}

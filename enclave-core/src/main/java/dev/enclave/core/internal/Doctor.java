package dev.enclave.core.internal;

import dev.enclave.Diagnosis;
import dev.enclave.EnclaveEngine.Request;
import dev.enclave.EnclaveException;
import dev.enclave.HealthReport;
import dev.enclave.HealthReport.Finding;
import dev.enclave.Resolution;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.crypto.CryptoEngines;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reports what a start-up would do; what goes wrong meanwhile is part of the report. */
final class Doctor {

  private final Request request;

  Doctor(Request request) {
    this.request = request;
  }

  Diagnosis diagnose() {
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
          new HealthReport(List.of(Findings.whole(e))));
    }
    try {
      return diagnose(surroundings, StartUpPlan.of(surroundings));
    } catch (EnclaveException e) {
      return report(
          surroundings, Optional.empty(), List.of(), new HealthReport(List.of(Findings.whole(e))));
    }
  }

  private static Diagnosis diagnose(Surroundings surroundings, StartUpPlan plan) {
    List<Finding> findings = new ArrayList<>(plan.obstacles());
    AuditLocation.ephemeral(surroundings).ifPresent(findings::add);
    Optional<Resolution> resolution = Optional.empty();
    if (plan.answer() instanceof Answer.Chosen chosen) {
      resolution = Optional.of(chosen.resolution());
      findings.addAll(
          StartUp.opener(surroundings, plan.policy())
              .probe(chosen.resolution().chosen())
              .findings());
    }
    return report(surroundings, resolution, plan.candidates(), new HealthReport(findings));
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
}

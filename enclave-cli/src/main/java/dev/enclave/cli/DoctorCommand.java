package dev.enclave.cli;

import dev.enclave.Diagnosis;
import dev.enclave.HealthReport;
import dev.enclave.HealthReport.Severity;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave doctor}. */
@Command(
    name = "doctor",
    sortOptions = false,
    description = {
      "Show what a start-up would do here and why, and what to fix.",
      "Exit code 0 if it would succeed, else that of the worst finding."
    })
final class DoctorCommand implements Callable<Integer> {

  private final Session session;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Diagnosis diagnosis = session.builder().diagnose();
    session.print(json ? DiagnosisOutput.json(diagnosis) : DiagnosisOutput.text(diagnosis));
    return exitCode(diagnosis.health());
  }

  private static int exitCode(HealthReport health) {
    return health.findings().stream()
        .filter(finding -> finding.severity() == Severity.ERROR)
        .findFirst()
        .map(finding -> ErrorReport.exitCode(finding.category()))
        .orElse(0);
  }
}

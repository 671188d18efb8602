package dev.enclave.cli.check;

import dev.enclave.cli.session.ErrorReport;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave doctor}. */
@Command(
    name = "doctor",
    sortOptions = false,
    description = {
      "Show what a start-up would do here and why, and what to fix.",
      "With --verbose all of it, on more than one screen.",
      "Exit code 0 if it would succeed, else that of the worst finding."
    })
public final class DoctorCommand implements Callable<Integer> {

  private final Session session;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  @Option(
      names = "--probe",
      description = "Ask the backend which permissions that signing and creating need are there.")
  private boolean probe;

  @Option(
      names = "--iam",
      description = "Print only the least-privilege policy that this configuration needs.")
  private boolean iam;

  public DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Diagnosis diagnosis = probe ? session.builder().probe() : session.builder().diagnose();
    if (iam) {
      return printPolicy(diagnosis);
    }
    if (json) {
      session.print(DiagnosisOutput.json(diagnosis));
    } else {
      session.printPainted(
          session.verbose() ? DiagnosisOutput.text(diagnosis) : DoctorScreen.text(diagnosis));
    }
    return diagnosis.refusal().map(code -> ErrorReport.exitCode(code.category())).orElse(0);
  }

  /** What is to be granted is told whether or not it is granted yet. */
  private int printPolicy(Diagnosis diagnosis) {
    if (diagnosis.accessPolicy().isPresent()) {
      session.print(diagnosis.accessPolicy().get().text().lines().toList());
      return 0;
    }
    throw new UsageException(
        ErrorCode.UNSUPPORTED_OPERATION,
        diagnosis
            .resolution()
            .map(r -> Texts.BACKEND_HAS_NO_POLICY.with(r.chosen()))
            .orElse(Texts.NO_BACKEND_CHOSEN_HERE.with()));
  }
}

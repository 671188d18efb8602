package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.migration.PlanSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code enclave migrate approve}. */
@Command(
    name = "approve",
    sortOptions = false,
    description = {
      "Approve a plan with this configuration's statement key, which enclave.migration.approvers"
          + " names.",
      "Prints what is approved. Read the plan in FILE first: enclave migrate run and enclave"
          + " migrate destroy carry out what it says."
    })
public final class MigrateApproveCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "The plans, whose files are replaced.")
  private List<String> plans = new ArrayList<>();

  public MigrateApproveCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return ProposalFile.signAll(session, plans, PlanSignature.Role.APPROVER);
  }
}

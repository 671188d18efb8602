package dev.enclave.cli.migrate;

import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.migration.MigrationProposal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave migrate approve}. */
@Command(
    name = "approve",
    sortOptions = false,
    description = {
      "Approve a plan with a key that enclave.migration.approvers names.",
      "Prints what is approved. Read the plan in FILE first: enclave migrate run carries out"
          + " what it says."
    })
public final class MigrateApproveCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "FILE", description = "The plan, which is replaced.")
  private String file = "";

  @Option(
      names = "--key",
      required = true,
      paramLabel = "NAME",
      description =
          "The name or handle of the approver's own key, in the approver's configuration.")
  private String key = "";

  public MigrateApproveCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    MigrationProposal read = ProposalFile.read(session, file);
    session.print(PlanText.of(read.plan()));
    MigrationProposal signed =
        session.withEnclave(
            enclave -> read.approvedBy(KeyArgument.signing(enclave, key), session.now()));
    ProposalFile.write(session, file, signed);
    session.print("Approved plan " + signed.plan().hash() + ".");
    return 0;
  }
}

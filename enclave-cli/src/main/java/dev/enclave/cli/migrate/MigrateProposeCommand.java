package dev.enclave.cli.migrate;

import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.migration.MigrationProposal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave migrate propose}. */
@Command(
    name = "propose",
    sortOptions = false,
    description = {
      "Sign a plan as who asks for the migration, with a key that enclave.migration.approvers"
          + " names.",
      "Signatures that the file had are removed. Who proposes a plan cannot approve it."
    })
public final class MigrateProposeCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "FILE", description = "The plan, which is replaced.")
  private String file = "";

  @Option(
      names = "--key",
      required = true,
      paramLabel = "NAME",
      description =
          "The name or handle of the proposer's own key, in the proposer's configuration.")
  private String key = "";

  public MigrateProposeCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    MigrationProposal read = ProposalFile.read(session, file);
    session.print(PlanText.of(read.plan()));
    MigrationProposal signed =
        session.withEnclave(
            enclave ->
                MigrationProposal.of(
                    read.plan(), KeyArgument.signing(enclave, key), session.now()));
    ProposalFile.write(session, file, signed);
    session.print("Proposed plan " + signed.plan().hash() + ".");
    return 0;
  }
}

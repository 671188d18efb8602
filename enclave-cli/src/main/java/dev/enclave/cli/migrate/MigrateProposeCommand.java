package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.migration.Proposal;
import java.util.ArrayList;
import java.util.List;
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

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "The plans, whose files are replaced.")
  private List<String> plans = new ArrayList<>();

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
    return ProposalFile.signAll(session, plans, key, Proposal::proposedBy, "Proposed");
  }
}

package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.migration.PlanSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code enclave migrate propose}. */
@Command(
    name = "propose",
    sortOptions = false,
    description = {
      "Sign a plan as who asks for the migration, with this configuration's statement key, which"
          + " enclave.migration.approvers names.",
      "Signatures that the file had are removed. Who proposes a plan cannot approve it."
    })
public final class MigrateProposeCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "The plans, whose files are replaced.")
  private List<String> plans = new ArrayList<>();

  public MigrateProposeCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return ProposalFile.signAll(session, plans, PlanSignature.Role.PROPOSER);
  }
}

package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRehearsal;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code enclave migrate dry-run}. */
@Command(
    name = "dry-run",
    sortOptions = false,
    description = {
      "Do everything that a run of the plan does but changes, and probe the permissions on both"
          + " sides.",
      "Prints what a run would do and what is missing; ends with 1 if anything is."
    })
public final class MigrateDryRunCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "FILE", description = "The plan, with its approvals if it has any.")
  private String file = "";

  public MigrateDryRunCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    MigrationProposal proposal = ProposalFile.read(session, file);
    MigrationRehearsal found =
        session.withEnclave(enclave -> enclave.admin().migrations().rehearse(proposal));
    print("would", found.steps());
    print("missing", found.missing());
    print("note", found.notes());
    session.print(found.ready() ? Texts.NOTHING_MISSING.with() : Texts.RUN_REFUSED.with());
    return found.ready() ? 0 : 1;
  }

  private void print(String kind, List<String> lines) {
    lines.forEach(line -> session.print(kind + ": " + line));
  }
}

package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.migration.DestructionProposal;
import dev.enclave.migration.MigrationRecord;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave migrate plan-destruction}. */
@Command(
    name = "plan-destruction",
    sortOptions = false,
    description = {
      "Plan the destruction of the old key of a migration.",
      "Reads the old key and the new one, and changes nothing. Have the plan proposed and approved"
          + " as any other, and carry it out with enclave migrate destroy."
    })
public final class MigratePlanDestructionCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "RECORD", description = "The record of the migration.")
  private String record = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the plan to this file; else it is only shown.")
  private @Nullable String out;

  public MigratePlanDestructionCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (out != null) {
      session.files().requireDistinct(record, out);
    }
    MigrationRecord made = MigrationRecord.parse(session.files().text(record));
    DestructionProposal plan =
        session.withEnclave(enclave -> enclave.admin().migrations().planDestruction(made));
    session.print(PlanText.of(plan));
    if (out != null) {
      ProposalFile.write(session, out, plan);
    }
    return 0;
  }
}

package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.DestructionProposal;
import dev.enclave.migration.MigrationPlan;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave migrate destroy}. */
@Command(
    name = "destroy",
    sortOptions = false,
    description = {
      "Destroy the old key of a migration, as its plan says.",
      "Final, at once or after the provider's waiting time. The new key signs first.",
      "Refused before enclave.migration.destroy-after is over since the migration."
    })
public final class MigrateDestroyCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(
      paramLabel = "FILE",
      description = "The plan of enclave migrate plan-destruction, with its approvals.")
  private String plan = "";

  @Option(names = "--yes", description = "Confirms the destruction.")
  private boolean yes;

  public MigrateDestroyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    DestructionProposal proposal = DestructionProposal.parse(session.files().text(plan));
    MigrationPlan migration = proposal.record().proposal().plan();
    if (!yes) {
      throw Texts.WOULD_DESTROY_VERSION.as(
          ErrorCode.INVALID_ARGUMENT, migration.version(), migration.key());
    }
    session.withEnclave(enclave -> enclave.admin().migrations().destroy(proposal));
    session.print(Texts.VERSION_OF_HANDLE_DESTROYED.with(migration.version(), migration.key()));
    return 0;
  }
}

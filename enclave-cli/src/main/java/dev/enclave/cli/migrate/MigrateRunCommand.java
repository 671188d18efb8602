package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave migrate run}. */
@Command(
    name = "run",
    sortOptions = false,
    description = {
      "Carry a plan out: create the new key, have both keys sign the record, retire the old key.",
      "Repeat it if it is cut short: the same plan makes one key at the target. The old key is"
          + " retired once the record is written."
    })
public final class MigrateRunCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "FILE", description = "The plan, with its approvals if it needs any.")
  private String file = "";

  @Option(
      names = "--record",
      required = true,
      paramLabel = "RECORD",
      description = "Write the signed record to this file.")
  private String record = "";

  public MigrateRunCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    session.files().requireDistinct(file, record);
    MigrationProposal proposal = ProposalFile.read(session, file);
    MigrationRecord done =
        session.withEnclave(enclave -> enclave.admin().migrations().run(proposal, this::write));
    session.print(
        "Migrated "
            + done.proposal().plan().key()
            + "\nto       "
            + done.to()
            + "\nThe old key verifies and signs no more.");
    return 0;
  }

  private void write(MigrationRecord made) {
    session.files().write(record, (made + "\n").getBytes(StandardCharsets.UTF_8));
  }
}

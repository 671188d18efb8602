package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
          + " retired once the record is written.",
      "Several plans are carried out in this order, up to the first error."
    })
public final class MigrateRunCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "The plans, with their approvals if they need any.")
  private List<String> plans = new ArrayList<>();

  @Option(
      names = "--record",
      required = true,
      paramLabel = "RECORD",
      description =
          "Write the signed record to this file; for several plans, to a file of the plan's name"
              + " in this directory.")
  private String record = "";

  @Option(
      names = "--first",
      paramLabel = "N",
      description = "Of several plans, carry out the first N alone: a canary step.")
  private @Nullable Integer first;

  public MigrateRunCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (first != null && first < 1) {
      throw Texts.FIRST_TOO_SMALL.as(ErrorCode.INVALID_ARGUMENT, first);
    }
    Map<String, String> outputs = Outputs.of(session, plans, "--record", record);
    if (plans.size() > 1) {
      return new SeveralPlans(session, outputs, first == null ? plans.size() : first).run();
    }
    String file = plans.get(0);
    String output = Objects.requireNonNull(outputs.get(file));
    MigrationProposal proposal = ProposalFile.read(session, file);
    MigrationRecord done =
        session.withEnclave(
            enclave ->
                enclave
                    .admin()
                    .migrations()
                    .run(proposal, made -> ProposalFile.write(session, output, made)));
    session.print(
        List.of(
            Texts.MIGRATED.with(done.proposal().plan().key()),
            Texts.MIGRATED_TO.with(done.to()),
            Texts.OLD_KEY_VERIFIES.with()));
    return 0;
  }
}

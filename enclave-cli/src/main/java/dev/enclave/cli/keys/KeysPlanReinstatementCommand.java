package dev.enclave.cli.keys;

import dev.enclave.cli.migrate.PlanText;
import dev.enclave.cli.migrate.ProposalFile;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.migration.ReinstatementProposal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys plan-reinstatement}. */
@Command(
    name = "plan-reinstatement",
    sortOptions = false,
    description = {
      "Plan that an older version of a key signs again: of an address that was left by mistake.",
      "Reads the key, and changes nothing. Have the plan proposed and approved as a migration is,"
          + " and carry it out with enclave keys reinstate."
    })
public final class KeysPlanReinstatementCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Option(
      names = "--version",
      paramLabel = "V",
      required = true,
      description = "The version, which only verifies now.")
  private @Nullable String version;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the plan to this file; else it is only shown.")
  private @Nullable String out;

  public KeysPlanReinstatementCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ReinstatementProposal plan =
        session.withEnclave(
            enclave ->
                KeyArgument.managed(enclave, name)
                    .planReinstatement(KeyArgument.version(version).orElseThrow()));
    session.print(PlanText.of(plan));
    if (out != null) {
      ProposalFile.write(session, out, plan);
    }
    return 0;
  }
}

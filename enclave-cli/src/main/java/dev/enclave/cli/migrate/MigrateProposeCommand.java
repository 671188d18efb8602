package dev.enclave.cli.migrate;

import dev.enclave.SigningKey;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.migration.Proposal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    Map<String, Proposal> all = new LinkedHashMap<>();
    plans.forEach(file -> all.put(file, ProposalFile.readAny(session, file)));
    all.values().forEach(read -> session.print(PlanText.of(read)));
    return session.withEnclave(
        enclave -> {
          SigningKey person = KeyArgument.signing(enclave, key);
          all.forEach((file, read) -> sign(file, read, person));
          return 0;
        });
  }

  private void sign(String file, Proposal read, SigningKey person) {
    Proposal signed = read.proposedBy(person, session.now());
    ProposalFile.write(session, file, signed);
    session.print("Proposed plan " + signed.hash() + ".");
  }
}

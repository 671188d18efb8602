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

/** {@code enclave migrate approve}. */
@Command(
    name = "approve",
    sortOptions = false,
    description = {
      "Approve a plan with a key that enclave.migration.approvers names.",
      "Prints what is approved. Read the plan in FILE first: enclave migrate run and enclave"
          + " migrate destroy carry out what it says."
    })
public final class MigrateApproveCommand implements Callable<Integer> {

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
          "The name or handle of the approver's own key, in the approver's configuration.")
  private String key = "";

  public MigrateApproveCommand(Session session) {
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
    Proposal signed = read.approvedBy(person, session.now());
    ProposalFile.write(session, file, signed);
    session.print("Approved plan " + signed.hash() + ".");
  }
}

package dev.enclave.cli.migrate;

import dev.enclave.BackendId;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.migration.MigrationPlan;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave migrate plan}. */
@Command(
    name = "plan",
    sortOptions = false,
    description = {
      "Say what a migration of a key to another backend would do, and which way is possible.",
      "Changes nothing. The configuration has a section for each of the two backends. Ends with 1"
          + " when no way is possible."
    })
public final class MigratePlanCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "KEY", description = "The key's name or handle.")
  private String key = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "BACKEND",
      description = "The backend that the key is to be in, such as aws-kms.")
  private String target = "";

  @Option(names = "--out", paramLabel = "FILE", description = "Write the plan to this file.")
  private @Nullable String out;

  @Option(names = "--json", description = "Print the plan itself, which is canonical JSON.")
  private boolean json;

  public MigratePlanCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    BackendId to = BackendId.of(target);
    MigrationPlan plan =
        session.withEnclave(
            enclave ->
                enclave.admin().migrations().plan(KeyArgument.managed(enclave, key).handle(), to));
    if (out != null) {
      session.files().write(out, (plan + "\n").getBytes(StandardCharsets.UTF_8));
    }
    session.print(json ? plan.toString() : PlanText.of(plan));
    return plan.way().isPresent() ? 0 : 1;
  }
}

package dev.enclave.cli.migrate;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationWay;
import dev.enclave.migration.Migrations;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

  @Option(
      names = "--way",
      paramLabel = "WAY",
      description = "succession or import, and no other; whichever is possible if not given.")
  private @Nullable String way;

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
            enclave -> {
              KeyHandle handle = KeyArgument.managed(enclave, key).handle();
              Migrations migrations = enclave.admin().migrations();
              return way == null
                  ? migrations.plan(handle, to)
                  : migrations.plan(handle, to, way(way));
            });
    if (out != null) {
      session.files().write(out, (plan + "\n").getBytes(StandardCharsets.UTF_8));
    }
    session.print(json ? plan.toString() : PlanText.of(plan));
    return plan.way().isPresent() ? 0 : 1;
  }

  private static MigrationWay way(String name) {
    return Arrays.stream(MigrationWay.values())
        .filter(each -> each.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    ErrorCode.INVALID_ARGUMENT,
                    "--way is " + name + ". Give succession or import."));
  }
}

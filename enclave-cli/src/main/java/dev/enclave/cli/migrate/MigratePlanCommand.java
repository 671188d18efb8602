package dev.enclave.cli.migrate;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyPurpose;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationWay;
import dev.enclave.migration.Migrations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
          + " when no way is possible for one of them."
    })
public final class MigratePlanCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "KEY", arity = "0..*", description = "The names or handles of the keys.")
  private List<String> keys = new ArrayList<>();

  @Option(names = "--all", description = "Every key of the backend that signs.")
  private boolean all;

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

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Write the plan to this file; of several keys, those that are possible, to NAME.json in"
              + " this directory.")
  private @Nullable String out;

  @Option(names = "--json", description = "Print the plan itself, which is canonical JSON.")
  private boolean json;

  public MigratePlanCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (all != keys.isEmpty()) {
      throw (all ? Texts.KEYS_BESIDE_ALL : Texts.NO_KEY_NAMED).as(ErrorCode.INVALID_ARGUMENT);
    }
    BackendId to = BackendId.of(target);
    return all || keys.size() > 1 ? several(to) : one(to);
  }

  private int one(BackendId to) {
    MigrationPlan plan =
        session.withEnclave(
            enclave -> plan(enclave, KeyArgument.managed(enclave, keys.get(0)).handle(), to));
    if (out != null) {
      session.files().write(out, plan + "\n");
    }
    session.print(json ? List.of(plan.toString()) : PlanText.of(plan));
    return plan.way().isPresent() ? 0 : 1;
  }

  private MigrationPlan plan(Enclave enclave, KeyHandle handle, BackendId to) {
    Migrations migrations = enclave.admin().migrations();
    return way == null
        ? migrations.plan(handle, to)
        : migrations.plan(handle, to, MigratePlanCommand.way(way));
  }

  private int several(BackendId to) {
    if (out == null || !Files.isDirectory(session.files().path(out))) {
      throw Texts.PLANS_NEED_DIRECTORY.as(ErrorCode.INVALID_ARGUMENT);
    }
    String directory = out;
    return session.withEnclave(enclave -> several(enclave, to, directory));
  }

  private int several(Enclave enclave, BackendId to, String directory) {
    List<KeyHandle> handles = all ? signing(enclave) : named(enclave);
    int done = 0;
    int impossible = 0;
    for (KeyHandle handle : handles) {
      MigrationPlan plan = plan(enclave, handle, to);
      if (plan.way().isPresent()) {
        session.files().write(Path.of(directory, handle.name() + ".json").toString(), plan + "\n");
      } else {
        impossible++;
      }
      done++;
      session.print(
          json
              ? plan.toString()
              : Texts.PLAN_MADE.with(done, handles.size(), handle, PlanText.shortly(plan)));
    }
    return impossible == 0 ? 0 : 1;
  }

  private List<KeyHandle> named(Enclave enclave) {
    List<KeyHandle> handles =
        keys.stream().map(key -> KeyArgument.managed(enclave, key).handle()).toList();
    long names = handles.stream().map(KeyHandle::name).distinct().count();
    if (names < handles.size()) {
      throw Texts.TWO_KEYS_OF_ONE_NAME.as(ErrorCode.INVALID_ARGUMENT);
    }
    return handles;
  }

  /** Those of the resolved backend that can sign for a successor. */
  private static List<KeyHandle> signing(Enclave enclave) {
    return enclave.admin().listKeys().keys().stream()
        .filter(key -> key.algorithm().purpose() == KeyPurpose.SIGN && key.active().isPresent())
        .map(KeyInfo::handle)
        .toList();
  }

  private static MigrationWay way(String name) {
    return Arrays.stream(MigrationWay.values())
        .filter(each -> each.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() -> Texts.WAY_UNKNOWN.as(ErrorCode.INVALID_ARGUMENT, name));
  }
}

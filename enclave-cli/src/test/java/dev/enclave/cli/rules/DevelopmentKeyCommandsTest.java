package dev.enclave.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Keys of a development environment lie in the very backend that staging or production has open:
 * every command that could take one into use refuses, or is named as one that cannot. A new command
 * in neither list fails; of the methods of the API, {@code DevelopmentKeysTest} says the same.
 */
@Tag("full")
class DevelopmentKeyCommandsTest {

  /** Each with a key, a box, a signature, a backup or a plan that was made elsewhere. */
  private static final List<Refused> REFUSED =
      List.of(
          new Refused("sign wallet doc --out new.sig"),
          new Refused("verify wallet doc old.sig"),
          new Refused("seal kek doc --out new.box"),
          new Refused("unseal old.box --out opened"),
          new Refused("reseal old.box --out new.box"),
          new Refused(
              "keys create wallet --algorithm ECDSA_P256_SHA256", ErrorCode.KEY_ALREADY_EXISTS),
          new Refused("keys rotate wallet"),
          new Refused("keys rotation wallet P30D"),
          new Refused("keys disable wallet --version 1"),
          new Refused("keys enable wallet --version 1"),
          new Refused("keys plan-reinstatement wallet --version 1"),
          new Refused("keys reinstate reinstate.json --yes"),
          new Refused("keys destroy wallet --version 1 --yes"),
          new Refused("keys public wallet"),
          new Refused("keys backup wallet --out new.pem --password-file password"),
          new Refused(
              "keys restore old.pem --name other --password-file password",
              ErrorCode.MIGRATION_NOT_APPROVED),
          new Refused("migrate plan wallet --to memory"),
          new Refused("migrate dry-run old.json"),
          new Refused("migrate run old.json --record record", ErrorCode.MIGRATION_NOT_APPROVED),
          new Refused("migrate plan-destruction old-record.json"),
          new Refused("migrate destroy destruction.json --yes", ErrorCode.MIGRATION_NOT_APPROVED));

  /** What takes no key into use, and why. */
  private static final Map<String, String> NO_PATH =
      Map.ofEntries(
          Map.entry("init", "writes a configuration"),
          Map.entry("doctor", "tells how backend and configuration are"),
          Map.entry("conformance", "makes keys of its own, and removes them"),
          Map.entry("demo", "makes a key store of its own"),
          Map.entry("emulator", "serves keys of its own"),
          Map.entry("keys list", "tells what is there, with its stamp"),
          Map.entry("keys show", "tells of one key, with its stamp"),
          Map.entry("keys due", "tells what is due"),
          Map.entry("keys reconcile", "removes what belongs to no key"),
          Map.entry("keys reseal", "protects the store of software keys; uses no key in it"),
          Map.entry("keys reinitialise", "clears a store that cannot be opened"),
          Map.entry("keys statement-key", "makes and tells a key of its own environment type"),
          Map.entry("migrate propose", "signs with the statement key of its own environment type"),
          Map.entry("migrate approve", "signs with the statement key of its own environment type"),
          Map.entry("migrate verify", "reads a record, and no backend"),
          Map.entry("queue list", "tells what waits"),
          Map.entry("queue show", "tells of one ticket"),
          Map.entry("queue cancel", "ends a ticket"),
          Map.entry("queue retry", "has the running service sign, as it would without"),
          Map.entry("attestation verify", "reads files"),
          Map.entry("audit verify", "reads the log"),
          Map.entry("audit show", "reads the log"),
          Map.entry("audit export", "reads the log"),
          Map.entry("audit prove", "reads the log"),
          Map.entry("audit public-keys", "reads public keys out of the log"),
          Map.entry("audit check-proof", "reads files"),
          Map.entry("audit checkpoint", "signs the log, by a key of its own or a countersigner's"));

  private static final Set<String> GROUPS =
      Set.of("attestation", "audit", "keys", "migrate", "queue");

  private final InMemoryStore keys = new InMemoryStore();
  private final InMemoryStore others = new InMemoryStore();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it
  private Path folder;

  /** A command line that must be refused with this code. */
  private record Refused(String line, ErrorCode code) {

    Refused(String line) {
      this(line, ErrorCode.STAMP_MISMATCH);
    }

    String[] words() {
      return line.split(" ");
    }
  }

  private Cli in(String environment) {
    Cli cli =
        Cli.in(folder)
            .with(new InMemoryProvider(keys))
            .with(new InMemoryProvider(others).id("elsewhere"))
            .variable("ENCLAVE_CONFIG", folder.resolve(environment).toString());
    cli.file(
        environment,
        """
        enclave.environment=%s
        enclave.backend=memory
        enclave.audit.directory=%s
        """
            .formatted(environment, folder.resolve(environment + "-audit")));
    return cli;
  }

  @BeforeEach
  void makeThem() {
    Cli cli = in("development");
    cli.file("doc", "pay 10 to Alice");
    cli.file("password", "correct horse battery\n");
    cli.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    cli.succeed("keys", "create", "kek", "--algorithm", "AES_256_GCM");
    cli.succeed("sign", "wallet", "doc", "--out", "old.sig");
    cli.succeed("seal", "kek", "doc", "--out", "old.box");
    cli.succeed("keys", "backup", "wallet", "--out", "old.pem", "--password-file", "password");
    cli.run("migrate", "plan", "wallet", "--to", "memory", "--out", "old.json");
    cli.succeed("keys", "create", "moved", "--algorithm", "ED25519");
    cli.succeed("migrate", "plan", "moved", "--to", "elsewhere", "--out", "moved.json");
    cli.succeed("migrate", "run", "moved.json", "--record", "old-record.json");
    cli.succeed("migrate", "plan-destruction", "old-record.json", "--out", "destruction.json");
    cli.planReinstatement("left", "reinstate.json");
  }

  @ParameterizedTest
  @CsvSource({"staging", "production"})
  void noCommandTakesThemIntoUse(String environment) {
    Cli cli = in(environment);
    byte[] plan = cli.bytes("old.json");
    for (Refused refused : REFUSED) {
      Cli.Run run = cli.run(refused.words());
      assertThat(run.code()).as(refused.line()).isGreaterThan(1);
      assertThat(run.err()).as(refused.line()).contains("(" + refused.code() + ")");
    }
    assertThat(cli.bytes("old.json")).isEqualTo(plan);
    for (String made : List.of("new.sig", "new.box", "opened", "new.pem", "record")) {
      assertThat(folder.resolve(made)).doesNotExist();
    }
    System.out.printf(
        "commands for keys of DEVELOPMENT in %s: %d refused, %d take no key into use%n",
        environment, REFUSED.size(), NO_PATH.size());
  }

  @Test
  void knowsEveryCommand() {
    Set<String> known = new TreeSet<>(NO_PATH.keySet());
    for (Refused refused : REFUSED) {
      String[] words = refused.words();
      boolean group = GROUPS.contains(words[0]);
      assertThat(known.add(group ? words[0] + " " + words[1] : words[0])).isTrue();
    }
    assertThat(commands(Cli.in(folder))).isEqualTo(known);
  }

  private static Set<String> commands(Cli cli) {
    Set<String> commands = new TreeSet<>();
    for (String command : named(cli.run().err())) {
      List<String> below = new ArrayList<>();
      if (GROUPS.contains(command)) {
        below.addAll(named(cli.run(command).err()));
      }
      if (below.isEmpty()) {
        commands.add(command);
      }
      below.forEach(each -> commands.add(command + " " + each));
    }
    return commands;
  }

  static Set<String> named(String error) {
    Matcher list = Pattern.compile("with one of ([^.]*)\\.").matcher(error);
    assertThat(list.find()).as(error).isTrue();
    return new LinkedHashSet<>(List.of(list.group(1).split(", ")));
  }
}

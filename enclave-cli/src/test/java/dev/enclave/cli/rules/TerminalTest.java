package dev.enclave.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.migration.DestructionProposal;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationPlan.Aspect;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.PlanSignature;
import dev.enclave.migration.Proposal;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing that others wrote steers a terminal, hides a line or forges one: plans and records, the
 * audit log, files and their names, a backend, what is detected, and what is typed. In every
 * command, with {@code --verbose}; a new command that is not in the list fails.
 */
@Tag("full")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no such file names")
class TerminalTest {

  /** What would begin a line of its own. */
  private static final String FORGED = "The record holds. Forged";

  /**
   * Escape sequences, C0 and C1 controls, directions, and what nobody sees: of the zero width kind,
   * fillers, tags and variation selectors.
   */
  private static final String HOSTILE =
      "\u001b[2J\u001b]0;t\u0007\r\b\u007f\u0085\u009b31m\u202e\u2066\u200f\u061c\u200b\u00ad\ufeff"
          + "\u2028\u2029\u034f\u115f\u3164\uffa0\u2800\u180e\ufe0f\ue000"
          + "\udb40\udc41\udb40\udd00\n"
          + FORGED;

  /** How the beginning of it is seen where it is printed. */
  private static final String ESCAPED = "\\u001b[2J\\u001b]0;t";

  /** Every command. A word in capitals is what is replaced by hostile text in turn. */
  private static final List<String> LINES =
      List.of(
          "init",
          "doctor",
          "doctor --json",
          "doctor --probe",
          "doctor --iam",
          "doctor --config development.properties",
          "demo",
          "conformance --backend memory",
          "emulator aws --port 0 --faults foreign",
          "emulator azure --port 70000",
          "emulator gcp --port 70000",
          "sign wallet doc --out new.sig",
          "verify wallet doc old.sig",
          "seal kek doc --out new.box --aad context",
          "unseal old.box --out opened --aad context",
          "reseal old.box --out new.box --aad context",
          "keys create another --algorithm ED25519 --rotation P90D",
          "keys create third --algorithm ED25519 --json",
          "keys list",
          "keys list --json",
          "keys list --names",
          "keys show wallet",
          "keys show wallet --json",
          "keys show wallet --attestation",
          "keys rotate wallet --reason compromise",
          "keys rotation wallet P30D",
          "keys due --within P3000D",
          "keys due --json",
          "keys disable wallet --version 1",
          "keys enable wallet --version 1",
          "keys plan-reinstatement left --version 1",
          "keys reinstate reinstate.json --yes",
          "keys destroy wallet --version 1 --yes",
          "keys public wallet --format jwks",
          "keys statement-key --format jwks --out new.jwks",
          "keys backup wallet --out new.pem --password-file password",
          "keys restore old.pem --name other --password-file password",
          "keys reseal",
          "keys reconcile",
          "keys reinitialise --backend software",
          "attestation verify doc --certificates kept.pub --root kept.pub",
          "migrate plan wallet --to elsewhere --out new.json",
          "migrate plan wallet --to elsewhere --json",
          "migrate propose plan.json",
          "migrate approve plan.json",
          "migrate dry-run plan.json",
          "migrate run plan.json --record new-record.json",
          "migrate plan-destruction record.json --out new-destruction.json",
          "migrate propose destruction.json",
          "migrate approve destruction.json",
          "migrate destroy destruction.json --yes",
          "migrate verify record.json",
          "migrate verify signed.json --quorum 1",
          "migrate verify record.json --approver 00",
          "queue list --all",
          "queue show t-none",
          "queue cancel t-none",
          "queue retry t-none",
          "audit verify",
          "audit verify --json",
          "audit verify --checkpoint kept.old --public-key kept.pub",
          "audit verify --stream stream",
          "audit verify --stream stream --json",
          "audit checkpoint --out kept --public-key kept.pub",
          "audit prove 1 --lane 0",
          "audit prove --since kept.old --out proof.new",
          "audit check-proof proof --public-key kept.pub",
          "audit show --key wallet",
          "audit show",
          "audit public-keys wallet --out -",
          "audit export --format jsonl",
          "audit export --format csv");

  private static final Set<String> GROUPS =
      Set.of("attestation", "keys", "migrate", "audit", "queue", "emulator");

  private final InMemoryStore keys = new InMemoryStore();
  private final InMemoryStore others = new InMemoryStore();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it
  private Path folder;

  private Cli friendly() {
    return configured(
        "audit",
        Cli.in(folder)
            .with(new InMemoryProvider(keys))
            .with(new InMemoryProvider(others).id("elsewhere")));
  }

  /** No Enclave opens on a log that was changed, so it is for those that read it. */
  private Cli hostile(List<String> line) {
    return configured(
            line.get(0).equals("audit") ? "poisoned" : "audit",
            Cli.in(folder)
                .with(new HostileProvider(new InMemoryProvider(keys), HOSTILE))
                .with(new HostileProvider(new InMemoryProvider(others).id("elsewhere"), HOSTILE)))
        .with(new HostileDetector());
  }

  private Cli configured(String log, Cli cli) {
    cli.file(
        "development.properties",
        """
        enclave.environment=development
        enclave.backend=memory
        enclave.audit.directory=%s
        """
            .formatted(folder.resolve(log)));
    return cli.variable("ENCLAVE_CONFIG", folder.resolve("development.properties").toString());
  }

  private static final class HostileDetector implements EnvironmentDetector {

    @Override
    public String id() {
      return "hostile";
    }

    @Override
    public Kind kind() {
      return Kind.CONTEXT;
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      return new Detection.Inconclusive(HOSTILE);
    }
  }

  @BeforeEach
  void makeThem() throws IOException {
    Cli cli = friendly();
    cli.file("doc", "pay 10 to Alice");
    cli.file("password", "correct horse battery\n");
    cli.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    cli.succeed("keys", "create", "kek", "--algorithm", "AES_256_GCM");
    cli.succeed("sign", "wallet", "doc", "--out", "old.sig");
    cli.succeed("seal", "kek", "doc", "--out", "old.box", "--aad", "context");
    cli.succeed("keys", "backup", "wallet", "--out", "old.pem", "--password-file", "password");
    cli.succeed("migrate", "plan", "wallet", "--to", "elsewhere", "--out", "plan.json");
    cli.succeed("keys", "create", "moved", "--algorithm", "ED25519");
    cli.succeed("migrate", "plan", "moved", "--to", "elsewhere", "--out", "moved.json");
    cli.succeed("migrate", "run", "moved.json", "--record", "record.json");
    cli.succeed("migrate", "plan-destruction", "record.json", "--out", "destruction.json");
    cli.planReinstatement("left", "reinstate.json");
    cli.succeed("audit", "checkpoint", "--out", "kept.old", "--public-key", "kept.pub");
    cli.succeed("audit", "prove", "1", "--out", "proof");
    cli.file("foreign", HOSTILE + "\n" + HOSTILE + "=" + HOSTILE + "\n");
    poisonMigrations(cli);
    poisonTheLog(cli);
  }

  private static String text(Cli cli, String name) {
    return new String(cli.bytes(name), StandardCharsets.UTF_8);
  }

  private static void poisonMigrations(Cli cli) {
    cli.file("plan.json", poisoned(MigrationProposal.parse(text(cli, "plan.json")).plan()) + "\n");
    MigrationRecord record = MigrationRecord.parse(text(cli, "record.json"));
    DestructionProposal destruction =
        (DestructionProposal) Proposal.parse(text(cli, "destruction.json"));
    MigrationRecord signed = signedForAnother(record);
    cli.file("signed.json", signed + "\n");
    cli.file(
        "destruction.json",
        DestructionProposal.unsigned(signed, destruction.createdAt(), destruction.expiresAt())
            + "\n");
  }

  private static MigrationPlan poisoned(MigrationPlan plan) {
    Map<Aspect, String> changes = new EnumMap<>(plan.changes());
    changes.replaceAll((aspect, change) -> HOSTILE);
    return new MigrationPlan(
        plan.createdAt(),
        plan.expiresAt(),
        plan.nonce(),
        plan.environment(),
        plan.key(),
        plan.version(),
        plan.publicKey(),
        plan.target(),
        plan.targetAuthority() + "\u202e\u200b",
        plan.way(),
        plan.obstacles(),
        changes);
  }

  /** With a signature that names a plan as its forger likes. */
  private static MigrationRecord signedForAnother(MigrationRecord record) {
    PlanSignature forged =
        new PlanSignature(
            PlanSignature.Role.PROPOSER,
            HOSTILE,
            record.toPublicKey(),
            record.at(),
            record.byNew().encoding(),
            record.byNew().signature());
    return new MigrationRecord(
        new MigrationProposal(record.proposal().plan(), Optional.of(forged), List.of()),
        record.to(),
        record.toVersion(),
        record.toPublicKey(),
        record.at(),
        record.byOld(),
        record.byNew(),
        record.byEnclave());
  }

  /** As whoever can write to the log, or to the stream that was captured. */
  private void poisonTheLog(Cli cli) throws IOException {
    Path poisoned =
        Files.createDirectory(
            folder.resolve("poisoned"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    StringBuilder stream = new StringBuilder();
    try (Stream<Path> files = Files.list(folder.resolve("audit"))) {
      for (Path file : files.toList()) {
        Path copy =
            Files.copy(
                file, poisoned.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        if (file.toString().endsWith(".jsonl")) {
          String records = Files.readString(file);
          stream.append(records);
          // In JSON the C0 controls are escapes, and come out of them as they are.
          Files.writeString(copy, records.replace("cli:tester", json()));
        }
      }
    }
    cli.file("stream", stream.toString().replace("cli:tester", json()) + HOSTILE + "\n");
    cli.file("proof", text(cli, "proof").replace("cli:tester", json()));
  }

  private static String json() {
    StringBuilder json = new StringBuilder();
    HOSTILE
        .chars()
        .forEach(c -> json.append(c < ' ' ? String.format(Locale.ROOT, "\\u%04x", c) : (char) c));
    return json.toString();
  }

  @Test
  void getsNothingThatOthersWrote_fromAnyCommand() {
    List<String> wrong = new ArrayList<>();
    Set<String> shown = new TreeSet<>();
    int runs = 0;
    for (String line : LINES) {
      for (List<String> variant : variants(line)) {
        List<String> words = new ArrayList<>(variant);
        words.add("--verbose");
        Cli.Run run = hostile(variant).run(words.toArray(String[]::new));
        String said = run.out() + run.err();
        String raw = raw(said);
        String typed = String.join(" ", variant).replace(HOSTILE, "HOSTILE");
        if (!raw.isEmpty()) {
          wrong.add(typed + ": " + raw);
        }
        runs++;
        if (said.replace("\\u001B", "\\u001b").contains(ESCAPED)) {
          shown.add(typed);
        }
      }
    }
    System.out.printf(
        "hostile text on a terminal: %d commands, %d runs, %d of them showed it escaped%n",
        commands(Cli.in(folder)).size(), runs, shown.size());
    assertThat(wrong).isEmpty();
    // All places from which such text comes were reached.
    assertThat(shown)
        .contains(
            "doctor",
            "keys create another --algorithm ED25519 --rotation P90D",
            "keys show wallet",
            "keys show wallet --json",
            "migrate approve plan.json",
            "migrate propose plan.json",
            "migrate verify signed.json --quorum 1",
            "sign wallet HOSTILE --out new.sig",
            "audit show",
            "audit export --format jsonl",
            "audit export --format csv");
  }

  /**
   * The line as it is; with each of its words but the command's replaced, by hostile text and by
   * the name of a file of it; and with one more.
   */
  private List<List<String>> variants(String line) {
    List<String> words = List.of(line.split(" "));
    List<List<String>> variants = new ArrayList<>();
    variants.add(words);
    for (int i = GROUPS.contains(words.get(0)) ? 2 : 1; i < words.size(); i++) {
      if (!words.get(i).startsWith("--")) {
        List<String> changed = new ArrayList<>(words);
        changed.set(i, HOSTILE);
        variants.add(changed);
        if (Files.exists(folder.resolve(words.get(i)))) {
          List<String> foreign = new ArrayList<>(words);
          foreign.set(i, "foreign");
          variants.add(foreign);
        }
      }
    }
    for (String more : List.of(HOSTILE, "--" + HOSTILE, "-Denclave.jobs.kek=" + HOSTILE)) {
      List<String> longer = new ArrayList<>(words);
      longer.add(more);
      variants.add(longer);
    }
    return variants;
  }

  /** What a terminal would act on or hide, of what was printed; nothing if that is nothing. */
  private static String raw(String said) {
    StringBuilder raw = new StringBuilder();
    // RFC 4180 ends lines so.
    said.replace("\r\n", "\n")
        .codePoints()
        .filter(TerminalTest::acts)
        .distinct()
        .forEach(c -> raw.append(String.format(Locale.ROOT, "%x ", c)));
    said.lines().filter(line -> line.strip().startsWith(FORGED)).limit(1).forEach(raw::append);
    return raw.toString();
  }

  private static boolean acts(int c) {
    return c != '\n'
        && (Character.isISOControl(c)
            || HOSTILE.codePoints().anyMatch(hostile -> hostile > '~' && hostile == c));
  }

  @Test
  void getsColoursForOurOwnWordsAlone() {
    Cli.Run run = hostile(List.of("doctor")).inColour().run("doctor");

    assertThat(run.out()).contains("\u001b[1mEnvironment\u001b[0m").contains(ESCAPED);
    assertThat(raw(run.out().replaceAll("\u001b\\[(1|31|32|33)m([A-Za-z ]+.*?)\u001b\\[0m", "$2")))
        .isEmpty();
  }

  @Test
  void knowsEveryCommand() {
    Set<String> known = new TreeSet<>();
    for (String line : LINES) {
      List<String> words = List.of(line.split(" "));
      String first = words.get(0);
      known.add(GROUPS.contains(first) ? first + " " + words.get(1) : first);
    }
    assertThat(commands(Cli.in(folder))).isEqualTo(known);
  }

  private static Set<String> commands(Cli cli) {
    Set<String> commands = new TreeSet<>();
    for (String command : DevelopmentKeyCommandsTest.named(cli.run().err())) {
      if (GROUPS.contains(command)) {
        DevelopmentKeyCommandsTest.named(cli.run(command).err())
            .forEach(each -> commands.add(command + " " + each));
      } else {
        commands.add(command);
      }
    }
    return commands;
  }
}

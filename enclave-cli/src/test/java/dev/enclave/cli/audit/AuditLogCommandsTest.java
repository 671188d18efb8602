package dev.enclave.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.JsonText;
import dev.enclave.cli.text.Csv;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import dev.enclave.testkit.cloud.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditLogCommandsTest {

  private final Path folder;
  private final Cli cli;

  AuditLogCommandsTest(@TempDir Path folder) {
    this.folder = folder;
    this.cli = Cli.local(folder);
  }

  @Test
  void initMakesTheLogOnce_andPrintsItsVerifierKey() {
    String first = cli.succeed("init", "--public-key", "log.pub").out();
    String second = cli.succeed("init").out();

    assertThat(first)
        .contains("audit log: " + folder.resolve("audit"))
        .containsPattern("verifier key: enclave-audit/[0-9a-f]{32}\\+[0-9a-f]{8}\\+A");
    assertThat(second).isEqualTo(first);
    assertThat(first).contains(text("log.pub").strip());
  }

  @Test
  void verifyAcceptsACheckpointThatWasKept_andALogThatWentOnFromIt() {
    makeKey("wallet");
    cli.succeed("audit", "checkpoint", "--out", "kept", "--public-key", "kept.pub");
    makeKey("other");

    assertThat(
            cli.succeed("audit", "verify", "--checkpoint", "kept", "--public-key", "kept.pub")
                .out())
        .startsWith("intact: ");
    assertThat(cli.succeed("audit", "verify", "--checkpoint", "kept").out()).contains("intact");
  }

  @Test
  void verifyTakesSeveralCheckpoints_andWhatIsExpectedToBeGone() {
    makeKey("wallet");
    cli.succeed("audit", "checkpoint", "--out", "first", "--public-key", "log.pub");
    makeKey("other");
    cli.succeed("audit", "checkpoint", "--out", "second");
    String[] command =
        ("audit verify --checkpoint second first --public-key log.pub --retention P400D"
                + " --removed-to 0:40000 --removed-to 1:12")
            .split(" ");

    assertThat(cli.succeed(command).out()).startsWith("intact: ");
    cli.file("first", text("first").replaceFirst("at 20", "at 19"));
    assertThat(cli.run(command).code()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({
    "--checkpoint kept --retention 400, is no ISO 8601 duration",
    "--checkpoint kept --retention PT23H, is less than a day",
    "--checkpoint kept --removed-to 40000, is no lane with a record",
    "--checkpoint kept --removed-to 0:0, has no record 0",
    "--retention P400D, Give them with --checkpoint",
    "--removed-to 0:1, Give them with --checkpoint",
    "--stream kept --retention P400D, Give --stream without"
  })
  void verifySaysWhichOptionIsWrong(String options, String says) {
    makeKey("wallet");
    cli.succeed("audit", "checkpoint", "--out", "kept");

    Cli.Run run = cli.run(("audit verify " + options).split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(says);
  }

  @Test
  void verifyEndsWithFive_whenTheLogWasMadeAnew() throws IOException {
    makeKey("wallet");
    cli.succeed("audit", "checkpoint", "--out", "kept", "--public-key", "kept.pub");
    removeLog();
    makeKey("other");

    assertThat(cli.succeed("audit", "verify").out()).startsWith("intact: ");
    Cli.Run run = cli.run("audit", "verify", "--checkpoint", "kept", "--public-key", "kept.pub");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("(AUDIT_LOG_CORRUPT)");
    assertThat(cli.run("audit", "verify", "--checkpoint", "kept").code()).isEqualTo(5);
  }

  @Test
  void verifyAndDoctorTellWhatIsInNoCheckpoint_andWhoCountersigns() {
    CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
    Cli held = inTheCloud(cloud);
    assertThat(held.succeed("doctor").out()).contains("not made yet");
    held.succeed("init");
    held.succeed("keys", "list");
    assertThat(held.succeed("audit", "verify").out())
        .doesNotContain("in no checkpoint")
        .contains("countersigned from checkpoint 1 on by enclave-audit/");

    cloud.faults().every(CloudOperation.SIGN, 1, Fault.permanent(FailureCode.INVALID_STATE));
    held.succeed("keys", "list");

    assertThat(held.succeed("audit", "verify").out())
        .containsPattern("in no checkpoint yet: 2 records, the oldest of 20[^ ]+Z\n")
        .contains("intact: ");
    assertThat(JsonText.object(held.succeed("audit", "verify", "--json").out()))
        .containsEntry("uncovered", "2")
        .hasEntrySatisfying("uncoveredSince", at -> assertThat(at.toString()).startsWith("20"));
    assertThat(held.succeed("doctor", "--verbose").out())
        .contains("Audit log", "in " + folder.resolve("held"))
        .contains("and countersigned by backend cloud (", "enclave-audit-checkpoint")
        .contains("2 records are in no checkpoint; the newest one is of 20");
  }

  @Test
  void verifyEndsWithFive_whenTheKeptKeysNameACountersignerAndTheLogNone() throws IOException {
    CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
    Cli held = inTheCloud(cloud);
    String printed = held.succeed("init", "--public-key", "kept.pub").out();
    assertThat(printed).contains("\nverifier key: ", "\ncountersigner: ");
    held.succeed("keys", "list");
    held.succeed("audit", "verify", "--public-key", "kept.pub");

    Path log = folder.resolve("held");
    Files.delete(log.resolve("checkpoints"));
    Files.writeString(log.resolve("checkpoint.pub"), text("kept.pub").lines().findFirst().get());
    held.succeed("keys", "list", "-D", "enclave.audit.countersign=off");

    assertThat(held.succeed("audit", "verify").out()).contains("intact: ");
    Cli.Run run = held.run("audit", "verify", "--public-key", "kept.pub");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("it is not countersigned, and the verifier keys name");
    assertThat(
            held.succeed(
                    "audit", "verify", "--public-key", "kept.pub", "--without-countersignature")
                .out())
        .contains("intact: ");
  }

  @Test
  void aCheckpointThatCannotBeSignedIsNotWritten_andSaysWhy() {
    CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
    Cli held = inTheCloud(cloud);
    held.succeed("keys", "list");
    held.succeed("audit", "checkpoint", "--out", "first");
    cloud.faults().every(CloudOperation.SIGN, 1, Fault.permanent(FailureCode.INVALID_STATE));
    held.succeed("keys", "list");

    Cli.Run run = held.run("audit", "checkpoint", "--out", "second");

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err())
        .contains("gets no new checkpoint: ", "(AUDIT_UNAVAILABLE)")
        .contains("See that the backend that countersigns answers");
    assertThat(folder.resolve("second")).doesNotExist();
    cloud.faults().clear();
    held.succeed("audit", "checkpoint", "--out", "second");
    assertThat(text("second")).isNotEqualTo(text("first"));
  }

  @Test
  void noCommandUsesTheCheckpointKey() {
    Cli held = inTheCloud(new CloudShapedProvider(CloudVariant.COMPARE_AND_SET));
    held.succeed("init");
    String name = "enclave-audit-checkpoint";
    for (String[] command :
        List.of(
            new String[] {"keys", "create", name, "--algorithm", "ED25519"},
            new String[] {"keys", "rotate", name, "--yes"},
            new String[] {"keys", "disable", name},
            new String[] {"keys", "destroy", name, "--yes"},
            new String[] {"keys", "public", name})) {
      Cli.Run run = held.run(command);
      assertThat(run.code()).as(String.join(" ", command)).isEqualTo(2);
      assertThat(run.err()).contains("(KEY_NAME_RESERVED)");
    }
    assertThat(held.succeed("keys", "list").out()).contains("There are no keys");
  }

  /** A DEVELOPMENT place whose keys, and the audit log's, a cloud-shaped backend holds. */
  private Cli inTheCloud(CloudShapedProvider cloud) {
    cli.file(
        "cloud.properties",
        """
        enclave.environment=development
        enclave.backend=cloud
        enclave.audit.directory=%s
        """
            .formatted(folder.resolve("held")));
    return Cli.in(folder)
        .variable("ENCLAVE_CONFIG", folder.resolve("cloud.properties").toString())
        .with(cloud);
  }

  @Test
  void aProofIsCheckedWithoutTheLog() {
    makeKey("wallet");
    cli.succeed("audit", "checkpoint", "--out", "kept", "--public-key", "kept.pub");
    cli.succeed("audit", "prove", "2", "--out", "proof.json");

    Cli.Run run =
        Cli.in(folder).run("audit", "check-proof", "proof.json", "--public-key", "kept.pub");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("proven: lane 0 record 2")
        .contains("\"operation\":\"CREATE\"", "\"caller\":\"cli:tester\"");
    assertThat(cli.succeed("audit", "check-proof", "proof.json").out()).isEqualTo(run.out());
  }

  @Test
  void whoHasNeitherLogNorKeyIsToldOfTheKey() {
    makeKey("wallet");
    cli.succeed("audit", "prove", "2", "--out", "proof.json");

    Cli.Run run =
        Cli.in(folder)
            .run("audit", "check-proof", "proof.json", "-D", "enclave.audit.directory=elsewhere");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("name the file of the verifier keys by --public-key");
  }

  @Test
  void aChangedProofProvesNothing() {
    makeKey("wallet");
    cli.succeed("audit", "prove", "2", "--out", "proof.json");
    String proof = text("proof.json");
    List<String> changes =
        List.of(
            proof.replace("cli:tester", "cli:nobody"),
            proof.replace("\"lane\" : 0", "\"lane\" : 1"),
            proof.replaceFirst("lane 0 ([0-9])", "lane 0 1$1"),
            proof.replaceFirst("at 20", "at 19"));

    for (String changed : changes) {
      assertThat(changed).isNotEqualTo(proof);
      cli.file("changed.json", changed);
      Cli.Run run = cli.run("audit", "check-proof", "changed.json");
      assertThat(run.code()).isEqualTo(5);
      assertThat(run.err()).contains("proves nothing");
    }
  }

  @Test
  void growthIsProvenFromAKeptCheckpoint_withoutTheLog() {
    makeKey("wallet");
    cli.succeed("audit", "checkpoint", "--out", "kept", "--public-key", "kept.pub");
    makeKey("other");
    cli.succeed("audit", "prove", "--since", "kept", "--out", "proof.json");
    cli.succeed("audit", "checkpoint", "--out", "newest");

    Cli.Run run =
        Cli.in(folder)
            .succeed(
                "audit",
                "check-proof",
                "proof.json",
                "--since",
                "kept",
                "--public-key",
                "kept.pub",
                "--out",
                "new");

    assertThat(run.out()).startsWith("proven: the log has only grown from checkpoint 2 to 4");
    assertThat(text("new")).isEqualTo(text("newest"));
    cli.succeed("audit", "verify", "--checkpoint", "new", "--public-key", "kept.pub");
    String[] again =
        "audit check-proof proof.json --since kept --retention P400D --removed-to 0:1".split(" ");
    assertThat(cli.succeed(again).out()).startsWith("proven: ");
    assertThat(cli.run("audit", "check-proof", "proof.json", "--retention", "P400D").err())
        .contains("Give the older one with --since");
  }

  @Test
  void growthIsNotProvenFromACheckpointOfALogMadeAnew() throws IOException {
    makeKey("wallet");
    cli.succeed("audit", "checkpoint", "--out", "kept", "--public-key", "kept.pub");
    removeLog();
    makeKey("other");
    cli.succeed("audit", "checkpoint", "--out", "anew");
    cli.succeed("audit", "prove", "--since", "anew", "--out", "proof.json");

    assertThat(cli.run("audit", "prove", "--since", "kept").code()).isEqualTo(5);
    Cli.Run run =
        cli.run(
            "audit", "check-proof", "proof.json", "--since", "kept", "--public-key", "kept.pub");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("proves nothing");
  }

  @Test
  void showPrintsARecordALine_ofOneKey_orSomeTimeOn() {
    makeKey("wallet");
    makeKey("other");

    assertThat(cli.succeed("audit", "show").out())
        .containsPattern("0/1 START SUCCESS software by application")
        .containsPattern("CREATE SUCCESS wallet(/1)? software by cli:tester");
    assertThat(cli.succeed("audit", "show", "--key", "wallet").out())
        .contains("wallet")
        .doesNotContain("other", "START");
    assertThat(cli.succeed("audit", "show", "--since", "2020-01-01").out()).contains("wallet");
    assertThat(cli.succeed("audit", "show", "--since", "2999-01-01T00:00:00Z").out()).isEmpty();
  }

  @Test
  void exportGivesTheLinesAsTheyAre() throws IOException {
    makeKey("wallet");

    Cli.Run run = cli.succeed("audit", "export", "--format", "jsonl");

    assertThat(run.stdout().toByteArray())
        .isEqualTo(Files.readAllBytes(folder.resolve("audit/lane-0.jsonl")));
  }

  @Test
  void exportGivesATable() {
    makeKey("wallet");

    List<String> rows = cli.succeed("audit", "export", "--format", "csv").out().lines().toList();

    assertThat(rows.get(0)).startsWith("lane,sequence,at,operation,").endsWith(",hash,details");
    assertThat(rows.get(2)).startsWith("0,2,").contains(",CREATE,", ",cli:tester,");
    assertThat(rows.get(3)).contains(",STOP,");
    assertThat(rows).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "plain|plain",
        "a,b|\"a,b\"",
        "a\"b|\"a\"\"b\"",
        "=1+1|'=1+1",
        "@SUM(A1)|'@SUM(A1)",
        "-5|-5",
        "-5+1|'-5+1",
        "+1,2|\"'+1,2\""
      })
  void cellsAreQuoted_andAreNoFormulas(String text, String cell) {
    assertThat(Csv.cell(text)).isEqualTo(cell);
  }

  @Test
  void lineBreaksAndControlsAreEscaped_soThatNoRowIsForged() {
    assertThat(Csv.cell("a\r\nb")).isEqualTo("a\\u000d\\u000ab");
    assertThat(Csv.cell("\ta")).isEqualTo("'\\u0009a");
  }

  private void makeKey(String name) {
    cli.succeed("keys", "create", name, "--algorithm", "ED25519");
  }

  private String text(String name) {
    return new String(cli.bytes(name), StandardCharsets.UTF_8);
  }

  private void removeLog() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("audit"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}

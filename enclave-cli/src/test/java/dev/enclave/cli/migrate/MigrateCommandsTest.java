package dev.enclave.cli.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.MigrationWay;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, between files and our own server of AWS KMS, in one configuration. */
class MigrateCommandsTest {

  private final MutableClock clock = new MutableClock();
  private final AwsKmsServer server = AwsKmsServer.builder().clock(clock::now).start();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it
  private Path folder;

  @AfterEach
  void close() {
    server.close();
  }

  private Cli cli() {
    return Cli.local(folder).with(clock);
  }

  private String[] line(String... command) {
    return Stream.concat(
            Stream.of(
                "-Denclave.backend=software",
                "-Denclave.aws-kms.region=" + server.region(),
                "-Denclave.aws-kms.endpoint=" + server.endpoint(),
                "-Denclave.aws-kms.sts-endpoint=" + server.endpoint(),
                "-Denclave.aws-kms.access-key-id=" + server.credentials().accessKeyId(),
                "-Denclave.aws-kms.secret-access-key=" + server.credentials().secretAccessKey()),
            Arrays.stream(command))
        .toArray(String[]::new);
  }

  private Cli.Run succeed(String... command) {
    Cli.Run run = cli().run(line(command));
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  @Test
  void saysWhyNoWayIsPossible_andEndsWithOne() {
    cli().succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");

    Cli.Run planned = cli().run(line("migrate", "plan", "wallet", "--to", "software"));

    assertThat(planned.code()).isEqualTo(1);
    assertThat(planned.out()).contains("not possible", "the key is in software already");
  }

  @Test
  void goesFromThePlanToARecord_thatAnybodyCanVerify() throws IOException {
    cli().succeed("keys", "create", "wallet", "--algorithm", "ECDSA_SECP256K1_SHA256");
    Cli.Run planned = succeed("migrate", "plan", "wallet", "--to", "aws-kms", "--out", "plan.json");
    assertThat(planned.out()).contains("way            succession", "public key     changes");
    assertThat(server.journal().of("CreateKey")).isEmpty();
    String plan = folder.resolve("plan.json").toString();
    String ada = person("ada").succeed("keys", "statement-key", "--format=fingerprint").out();
    assertThat(person("ada").succeed("migrate", "propose", plan).out())
        .contains("Proposed plan ", "with statement key " + ada.strip());
    person("ben").succeed("migrate", "approve", plan);
    assertThat(person("cleo").succeed("migrate", "approve", plan).out()).contains("Approved plan ");
    Cli.Run done = succeed("migrate", "run", "plan.json", "--record", "record.json");

    MigrationRecord record =
        MigrationRecord.parse(new String(cli().bytes("record.json"), StandardCharsets.UTF_8));
    assertThat(record.proposal().plan().way()).contains(MigrationWay.SUCCESSION);
    assertThat(done.out()).contains(record.to().toString());
    assertThat(server.journal().of("CreateKey")).hasSize(1);
    // Nothing is configured where the record is checked.
    Cli.Run verified =
        Cli.in(folder)
            .run(
                "migrate",
                "verify",
                "record.json",
                "--approver",
                fingerprint(0, record),
                "--approver",
                fingerprint(1, record),
                "--approver",
                record.proposal().proposer().orElseThrow().key().fingerprint().toString());
    assertThat(verified.code()).as(verified.err()).isZero();
    assertThat(ada.strip())
        .isEqualTo(record.proposal().proposer().orElseThrow().key().fingerprint().toString());
    assertThat(verified.out())
        .contains(
            "The record holds.", "statement      signed with this key", "approvals      enough");
    saysByWhom();
    cli().file("message", "pay 10 to Alice");
    assertThat(cli().run(line("sign", "wallet", "message", "--out=signature")).err())
        .contains("KEY_MIGRATED", record.to().toString());
    succeed("sign", record.to().toString(), "message", "--out=signature");
    assertThat(cli().run(line("migrate", "run", "plan.json", "--record", "again.json")).err())
        .contains("APPROVAL_USED");
  }

  @Test
  void approvesNothing_withTheKeyThatProposes() throws IOException {
    cli().succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    succeed("migrate", "plan", "wallet", "--to", "aws-kms", "--out", "plan.json");
    String plan = folder.resolve("plan.json").toString();
    Cli.Run early = person("ada").run("migrate", "approve", plan);
    person("ada").succeed("migrate", "propose", plan);
    String proposed = Files.readString(Path.of(plan));

    Cli.Run own = person("ada").run("migrate", "approve", plan);

    assertThat(List.of(early.code(), own.code())).containsOnly(3);
    assertThat(early.err()).contains("MIGRATION_NOT_APPROVED", "enclave migrate propose");
    assertThat(own.err()).contains("APPROVAL_BY_PROPOSER");
    assertThat(early.out() + own.out()).doesNotContain("Approved");
    assertThat(Path.of(plan)).hasContent(proposed);
  }

  /** In a configuration of their own, with a statement key of their own. */
  private Cli person(String name) throws IOException {
    return Cli.local(Files.createDirectories(folder.resolve(name))).with(clock);
  }

  /** Without a statement key nobody is told that the record is Enclave's. */
  private void saysByWhom() throws IOException {
    succeed("keys", "statement-key", "--out=source.jwks");
    person("ada").succeed("keys", "statement-key", "--out=" + folder.resolve("other.jwks"));
    Cli anywhere = Cli.in(folder);
    assertThat(
            anywhere
                .succeed("migrate", "verify", "record.json", "--statement-key=source.jwks")
                .out())
        .contains("statement      by Enclave");
    assertThat(anywhere.run("migrate", "verify", "record.json", "--statement-key=other.jwks").err())
        .contains("MIGRATION_RECORD_INVALID", "no statement key");
  }

  private static String fingerprint(int approval, MigrationRecord record) {
    return record.proposal().approvals().get(approval).key().fingerprint().toString();
  }

  @Test
  void destroysTheOldKey_byAPlanOfItsOwn_afterTheWaitingTime() {
    cli().succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    succeed("migrate", "plan", "wallet", "--to", "aws-kms", "--out", "plan.json");
    succeed("migrate", "run", "plan.json", "--record", "record.json");

    Cli.Run planned =
        succeed("migrate", "plan-destruction", "record.json", "--out", "destruction.json");
    assertThat(planned.out())
        .contains("destroys       enclave:v1:software:", "migrated to    enclave:v1:aws-kms:");
    assertThat(succeed("migrate", "propose", "destruction.json").out())
        .contains("destroys       ", "Proposed plan ");
    Cli.Run unsure = cli().run(line("migrate", "destroy", "destruction.json"));
    assertThat(unsure.code()).isEqualTo(2);
    assertThat(unsure.err()).contains("--yes");
    Cli.Run early = cli().run(line("migrate", "destroy", "destruction.json", "--yes"));
    assertThat(early.code()).isEqualTo(3);
    assertThat(early.err()).contains("enclave.migration.destroy-after", "DESTRUCTION_TOO_EARLY");
    assertThat(succeed("keys", "show", "wallet").out()).doesNotContain("DESTROYED");

    // AWS dates its answers to the second.
    clock.advance(Duration.ofSeconds(1));
    succeed(
        "migrate",
        "destroy",
        "destruction.json",
        "--yes",
        "-Denclave.migration.destroy-after=PT0S");
    assertThat(succeed("keys", "show", "wallet").out()).contains("DESTROYED");
    assertThat(server.journal().of("Sign")).hasSize(2);
  }

  @Test
  void believesNoRecordThatWasEdited() {
    cli().succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    succeed("migrate", "plan", "wallet", "--to", "aws-kms", "--out", "plan.json");
    succeed("migrate", "run", "plan.json", "--record", "record.json");
    String record = new String(cli().bytes("record.json"), StandardCharsets.UTF_8);
    MigrationRecord read = MigrationRecord.parse(record);
    cli().file("edited.json", record.replace(read.at().toString(), "2020-01-01T00:00:00Z"));

    assertThat(Cli.in(folder).run("migrate", "verify", "record.json").code()).isZero();
    Cli.Run edited = Cli.in(folder).run("migrate", "verify", "edited.json");
    Cli.Run wanting =
        Cli.in(folder)
            .run(
                "migrate",
                "verify",
                "record.json",
                "--approver",
                read.toPublicKey().fingerprint().toString());

    assertThat(edited.code()).isEqualTo(5);
    assertThat(edited.err()).contains("MIGRATION_RECORD_INVALID");
    assertThat(wanting.err()).contains("MIGRATION_NOT_APPROVED");
  }
}

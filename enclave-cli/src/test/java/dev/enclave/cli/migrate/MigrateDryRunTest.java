package dev.enclave.cli.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.wire.JournalEntry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dry run against our own server of AWS KMS, as the target and as the source. */
class MigrateDryRunTest {

  private final AwsKmsServer server = AwsKmsServer.builder().start();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it
  private Path folder;

  @AfterEach
  void close() {
    server.close();
  }

  private Cli.Run run(String backend, String... command) {
    return Cli.local(folder)
        .run(
            Stream.concat(
                    Stream.of(
                        "-Denclave.backend=" + backend,
                        "-Denclave.aws-kms.region=" + server.region(),
                        "-Denclave.aws-kms.endpoint=" + server.endpoint(),
                        "-Denclave.aws-kms.sts-endpoint=" + server.endpoint(),
                        "-Denclave.aws-kms.access-key-id=" + server.credentials().accessKeyId(),
                        "-Denclave.aws-kms.secret-access-key="
                            + server.credentials().secretAccessKey()),
                    Arrays.stream(command))
                .toArray(String[]::new));
  }

  private void planned(String from, String to) {
    Cli.Run created = run(from, "keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    assertThat(created.code()).as(created.err()).isZero();
    Cli.Run planned = run(from, "migrate", "plan", "wallet", "--to", to, "--out", "plan.json");
    assertThat(planned.code()).as(planned.err()).isZero();
  }

  /** A dry run, which changes nothing; two requests of the probe name what is there already. */
  private Cli.Run rehearsed(String from) {
    int before = server.journal().entries().size();
    Cli.Run run = run(from, "migrate", "dry-run", "plan.json");
    List<JournalEntry> asked = server.journal().entries();
    assertThat(asked.subList(before, asked.size()))
        .isNotEmpty()
        .filteredOn(JournalEntry::applied)
        .allMatch(
            entry -> entry.operation().matches("(Get|List|Describe).*|UpdateAlias|UntagResource"));
    return run;
  }

  @Test
  void asksTheTargetForNoChange() {
    planned("software", "aws-kms");

    Cli.Run run = rehearsed("software");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("would: create key wallet in aws-kms", "Nothing is known to be missing.");
  }

  @Test
  void namesAPermissionThatIsMissingAtTheTarget() {
    planned("software", "aws-kms");
    server.deny(Denial.of("kms:CreateKey"));

    Cli.Run run = rehearsed("software");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).contains("missing: backend aws-kms: permission kms:CreateKey");
  }

  @Test
  void asksTheSourceForNoChange() {
    planned("aws-kms", "software");

    Cli.Run run = rehearsed("aws-kms");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("would: create key wallet in software");
    Cli.Run signed = run("aws-kms", "keys", "show", "wallet");
    assertThat(signed.out()).contains("ACTIVE").doesNotContain("moved to");
  }
}

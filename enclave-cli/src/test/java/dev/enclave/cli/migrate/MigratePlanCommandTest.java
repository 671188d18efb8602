package dev.enclave.cli.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationWay;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command plans from one configuration that has a section for each of two backends. */
class MigratePlanCommandTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it
  private Path folder;

  private static List<String> settings(AwsKmsServer server) {
    return List.of(
        "-Denclave.aws-kms.region=" + server.region(),
        "-Denclave.aws-kms.endpoint=" + server.endpoint(),
        "-Denclave.aws-kms.sts-endpoint=" + server.endpoint(),
        "-Denclave.aws-kms.access-key-id=" + server.credentials().accessKeyId(),
        "-Denclave.aws-kms.secret-access-key=" + server.credentials().secretAccessKey(),
        "-Denclave.backend=software");
  }

  private static String[] line(AwsKmsServer server, String... command) {
    return Stream.concat(settings(server).stream(), Arrays.stream(command)).toArray(String[]::new);
  }

  @Test
  void plansFromFilesToKms_andCreatesNothing() {
    try (AwsKmsServer server = AwsKmsServer.builder().start()) {
      Cli cli = Cli.local(folder);
      cli.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");

      Cli.Run planned =
          cli.run(
              line(server, "migrate", "plan", "wallet", "--to", "aws-kms", "--out", "plan.json"));

      assertThat(planned.code()).as(planned.err()).isZero();
      MigrationPlan plan =
          MigrationPlan.parse(new String(cli.bytes("plan.json"), StandardCharsets.UTF_8));
      assertThat(plan.way()).contains(MigrationWay.SUCCESSION);
      assertThat(planned.out())
          .contains("way            succession", plan.hash(), "public key     changes");
      assertThat(server.journal().of("CreateKey")).isEmpty();
    }
  }

  @Test
  void endsWithOne_andSaysWhy_whereNoWayIsPossible() {
    try (AwsKmsServer server = AwsKmsServer.builder().start()) {
      Cli cli = Cli.local(folder);
      cli.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");

      Cli.Run planned = cli.run(line(server, "migrate", "plan", "wallet", "--to", "software"));

      assertThat(planned.code()).isEqualTo(1);
      assertThat(planned.out()).contains("not possible", "the key is in software already");
    }
  }
}

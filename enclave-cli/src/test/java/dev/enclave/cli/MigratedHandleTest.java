package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyHandle;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.MigrationWay;
import dev.enclave.testkit.MutableClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clouds and encrypted files keep of where a key was migrated to, read by another process. */
@Tag("full")
class MigratedHandleTest {

  /** AWS dates its answers to the second, and a key is destroyed by the clock that is behind. */
  private static final InstantSource AHEAD = () -> InstantSource.system().instant().plusSeconds(1);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it
  private Path folder;

  /** Runs a command line in a process of its own. */
  private interface Shell {
    Cli.Run run(String... command);

    default Cli.Run succeed(String... command) {
      Cli.Run run = run(command);
      assertThat(run.code()).as(run.err()).isZero();
      return run;
    }
  }

  @Test
  void aTagOfAwsNamesTheNewKey() {
    try (AwsKmsServer server = AwsKmsServer.builder().clock(AHEAD).start()) {
      Shell shell =
          command ->
              Cli.local(folder)
                  .run(
                      line(
                          command,
                          "-Denclave.environment=local",
                          "-Denclave.backend=aws-kms",
                          "-Denclave.aws-kms.region=" + server.region(),
                          "-Denclave.aws-kms.endpoint=" + server.endpoint(),
                          "-Denclave.aws-kms.sts-endpoint=" + server.endpoint(),
                          "-Denclave.aws-kms.access-key-id=" + server.credentials().accessKeyId(),
                          "-Denclave.aws-kms.secret-access-key="
                              + server.credentials().secretAccessKey()));
      movesTo("software", shell);
    }
  }

  @Test
  void aTagOfAzureNamesTheNewKey() {
    MutableClock clock = new MutableClock();
    try (AzureKeyVaultServer server = AzurePod.serve(clock)) {
      Shell shell =
          command ->
              AzurePod.in(folder, server, clock)
                  .run(
                      line(
                          AzurePod.without("enclave.environment", AzurePod.line(server, command)),
                          "-Denclave.environment=local",
                          "-Denclave.software.directory=" + folder.resolve("keys"),
                          "-Denclave.audit.directory=" + folder.resolve("audit")));
      movesTo("software", shell);
      importsTo("azure-keyvault", shell);
    }
  }

  @Test
  void aLabelOfGoogleNamesTheNewKey() {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
      Shell shell =
          command ->
              Cli.local(folder)
                  .run(
                      line(
                          command,
                          "-Denclave.environment=local",
                          "-Denclave.backend=gcp-kms",
                          "-Denclave.gcp-kms.key-ring=" + server.keyRingName("wallet"),
                          "-Denclave.gcp-kms.endpoint=http://" + server.target(),
                          "-Denclave.gcp-kms.access-token=" + server.accessToken()));
      movesTo("software", shell);
    }
  }

  /** From files to the cloud, where the public key stays. */
  private void importsTo(String target, Shell shell) {
    Matcher printed =
        Pattern.compile("enclave:v1:software:\\S+")
            .matcher(
                shell
                    .succeed(
                        "keys",
                        "create",
                        "coin",
                        "--algorithm",
                        "ECDSA_P256_SHA256",
                        "--on",
                        "software")
                    .out());
    assertThat(printed.find()).isTrue();
    String old = printed.group();
    Cli.in(folder).file("message", "pay 10 to Alice");
    shell.succeed("sign", old, "message", "--out=before");

    shell.succeed(
        "migrate", "plan", old, "--to", target, "--way", "import", "--out", "import.json");
    shell.succeed("migrate", "run", "import.json", "--record", "imported.json");

    assertThat(Cli.in(folder).run("migrate", "verify", "imported.json").code()).isZero();
    MigrationRecord record =
        MigrationRecord.parse(
            new String(Cli.in(folder).bytes("imported.json"), StandardCharsets.UTF_8));
    assertThat(record.proposal().plan().way()).contains(MigrationWay.IMPORT);
    assertThat(record.toPublicKey()).isEqualTo(record.proposal().plan().publicKey());
    String next = record.to().toString();
    shell.succeed("sign", next, "message", "--out=after");
    for (String signature : List.of("before", "after")) {
      shell.succeed("verify", next, "message", signature);
      shell.succeed("verify", old, "message", signature);
    }
    assertThat(shell.run("sign", old, "message", "--out=refused").err())
        .contains("KEY_MIGRATED", next);
  }

  private static String[] line(String[] command, String... settings) {
    return Stream.concat(Arrays.stream(command), Arrays.stream(settings)).toArray(String[]::new);
  }

  private void movesTo(String target, Shell shell) {
    shell.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    shell.succeed("migrate", "plan", "wallet", "--to", target, "--out", "plan.json");
    shell.succeed("migrate", "run", "plan.json", "--record", "record.json");
    KeyHandle to =
        MigrationRecord.parse(
                new String(Cli.in(folder).bytes("record.json"), StandardCharsets.UTF_8))
            .to();
    Cli.in(folder).file("message", "pay 10 to Alice");

    assertThat(shell.run("sign", "wallet", "message", "--out=signature").err())
        .contains("KEY_MIGRATED", to.toString());
    for (String follow : List.of("first", "again")) {
      shell.succeed(
          "sign", "wallet", "message", "--out=" + follow, "-Denclave.migration.follow=true");
      shell.succeed("verify", "wallet", "message", follow, "-Denclave.migration.follow=true");
      assertThat(shell.run("verify", "wallet", "message", follow).code()).isEqualTo(1);
      shell.succeed("verify", to.toString(), "message", follow);
    }
    oldKeyIsDestroyed(shell, to.toString());
  }

  private static void oldKeyIsDestroyed(Shell shell, String to) {
    shell.succeed("migrate", "plan-destruction", "record.json", "--out", "destruction.json");
    String[] destroy = {
      "migrate", "destroy", "destruction.json", "--yes", "-Denclave.migration.destroy-after=PT0S",
    };
    shell.succeed(destroy);
    assertThat(shell.succeed("keys", "show", "wallet").out()).contains("DESTROYED");
    assertThat(shell.run(destroy).err()).contains("APPROVAL_USED");
    shell.succeed("verify", to, "message", "again");
  }
}

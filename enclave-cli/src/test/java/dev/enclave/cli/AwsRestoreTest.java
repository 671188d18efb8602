package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.AwsKmsServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup from an encrypted file goes on as a key in AWS KMS, where policy allows it. */
@Tag("exhaustive")
class AwsRestoreTest {

  private static final String PASSWORD = "correct horse battery";

  @Test
  void bringsAKeyFromABackupIntoKms_whereItSigns(@TempDir Path folder) {
    try (AwsKmsServer server = AwsKmsServer.builder().start()) {
      backup(folder);

      Cli.Run restored =
          Cli.in(folder).typing(PASSWORD).run(line(server, "development", restore(folder)));
      Cli.Run signed =
          Cli.in(folder)
              .reading(new byte[] {1, 2, 3})
              .run(line(server, "development", "sign", "wallet", "-", "--out=signature"));

      assertThat(restored.code()).as(restored.err()).isZero();
      assertThat(restored.out()).contains("Restored wallet", "IMPORTED");
      assertThat(signed.code()).as(signed.err()).isZero();
      assertThat(server.journal().of("ImportKeyMaterial")).hasSize(1);
      assertThat(server.journal().of("Sign")).isNotEmpty();
    }
  }

  @Test
  void asksKmsNothing_whereNoMigrationIsApproved(@TempDir Path folder) {
    try (AwsKmsServer server = AwsKmsServer.builder().start()) {
      backup(folder);

      Cli.Run refused =
          Cli.in(folder).typing(PASSWORD).run(line(server, "staging", restore(folder)));

      assertThat(refused.code()).isNotZero();
      assertThat(server.journal().of("CreateKey")).isEmpty();
    }
  }

  private static void backup(Path folder) {
    Cli local = Cli.local(folder);
    local.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    local
        .typing(PASSWORD, PASSWORD)
        .succeed("keys", "backup", "wallet", "--out", folder.resolve("wallet.pem").toString());
  }

  private static String[] restore(Path folder) {
    return new String[] {
      "keys", "restore", folder.resolve("wallet.pem").toString(), "--name", "wallet"
    };
  }

  private static String[] line(AwsKmsServer server, String environment, String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.add("-Denclave.environment=" + environment);
    line.add("-Denclave.backend=aws-kms");
    line.add("-Denclave.aws-kms.region=" + server.region());
    line.add("-Denclave.aws-kms.endpoint=" + server.endpoint());
    line.add("-Denclave.aws-kms.sts-endpoint=" + server.endpoint());
    line.add("-Denclave.aws-kms.access-key-id=" + server.credentials().accessKeyId());
    line.add("-Denclave.aws-kms.secret-access-key=" + server.credentials().secretAccessKey());
    return line.toArray(String[]::new);
  }
}

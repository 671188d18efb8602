package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.GcpKmsServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup from an encrypted file goes on as a key in Google Cloud KMS, where policy allows it. */
@Tag("exhaustive")
class GcpRestoreTest {

  private static final String PASSWORD = "correct horse battery";

  @Test
  void bringsAKeyFromABackupIntoKms_whereItSigns(@TempDir Path folder) {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
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
      assertThat(server.journal().of("ImportCryptoKeyVersion")).hasSize(1);
      assertThat(server.journal().of("AsymmetricSign")).isNotEmpty();
    }
  }

  @Test
  void asksKmsNothing_whereNoMigrationIsApproved(@TempDir Path folder) {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
      backup(folder);

      Cli.Run refused =
          Cli.in(folder).typing(PASSWORD).run(line(server, "staging", restore(folder)));

      assertThat(refused.code()).isNotZero();
      assertThat(server.journal().of("CreateCryptoKey")).isEmpty();
    }
  }

  @Test
  void doctorSaysThatGoogleLogsNoSignatureByItself(@TempDir Path folder) {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
      assertThat(Cli.in(folder).run(line(server, "development", "doctor")).out())
          .contains("only where Data Access logs (DATA_READ) of Cloud KMS are on");
      assertThat(Cli.in(folder).run(line(server, "development", "doctor", "--iam")).out())
          .contains("auditConfigs:", "logType: DATA_READ");
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

  private static String[] line(GcpKmsServer server, String environment, String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.add("-Denclave.environment=" + environment);
    line.add("-Denclave.backend=gcp-kms");
    line.add("-Denclave.gcp-kms.key-ring=" + server.keyRingName("wallet"));
    line.add("-Denclave.gcp-kms.endpoint=http://" + server.target());
    line.add("-Denclave.gcp-kms.access-token=" + server.accessToken());
    return line.toArray(String[]::new);
  }
}

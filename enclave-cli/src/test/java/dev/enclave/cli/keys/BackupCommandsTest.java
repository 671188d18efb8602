package dev.enclave.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.cli.Cli;
import dev.enclave.cli.JsonText;
import dev.enclave.cli.OpenSsl;
import dev.enclave.cli.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupCommandsTest {

  private static final String PASSWORD = "correct horse battery";

  private final Path folder;
  private final Cli cli;

  BackupCommandsTest(@TempDir Path folder) {
    this.folder = folder;
    cli = Cli.local(folder);
    cli.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    cli.file("password", PASSWORD + "\n");
    cli.file("doc", "pay 10 to Alice");
  }

  private Cli.Run backup(String key, String file, String... more) {
    List<String> line = new ArrayList<>(List.of("keys", "backup", key, "--out", file));
    line.addAll(List.of("--password-file", "password"));
    line.addAll(List.of(more));
    return cli.succeed(line.toArray(String[]::new));
  }

  private Cli.Run restore(String file, String name) {
    return cli.succeed("keys", "restore", file, "--name", name, "--password-file", "password");
  }

  @Test
  void aRestoredKeyVerifiesWhatTheKeySigned_andSignsForIt() {
    cli.succeed("sign", "wallet", "doc", "--out", "before");
    cli.succeed("keys", "rotate", "wallet");
    backup("wallet", "wallet.backup");

    Cli.Run run = restore("wallet.backup", "twin");

    assertThat(run.out()).contains("Restored twin with 2 versions, fingerprint ", "IMPORTED");
    cli.succeed("verify", "twin", "doc", "before");
    cli.succeed("sign", "twin", "doc", "--out", "after");
    cli.succeed("verify", "wallet", "doc", "after");
  }

  @Tag("needs-openssl")
  @Tag("full")
  @Test
  void backupTellsWhatIsInTheFile_andTheCommandThatOpensIt() {
    cli.succeed("keys", "rotate", "wallet");

    Cli.Run run = backup("wallet", "wallet.backup");

    assertThat(run.out())
        .contains("Backed up wallet into wallet.backup")
        .contains("ECDSA_P256_SHA256", "2 ACTIVE", "1 VERIFY_ONLY", "LOCAL")
        .contains("openssl pkey -in wallet.backup -noout -text_pub");
    String pem = cli.succeed("keys", "public", "wallet").out();
    assertThat(run.out())
        .contains(
            PublicKeyInfo.fromPem(pem, SigningAlgorithm.ECDSA_P256_SHA256)
                .fingerprint()
                .toString());
    OpenSsl.make(folder, "pkey -in wallet.backup -passin file:password -pubout -out opened.pem");
    assertThat(new String(cli.bytes("opened.pem"), StandardCharsets.US_ASCII)).isEqualTo(pem);
  }

  @Tag("needs-openssl")
  @Tag("full")
  @Test
  void aBackupForReadersWithoutScrypt_isRestoredToo() {
    backup("wallet", "wallet.backup", "--pbkdf2");
    OpenSsl.make(folder, "asn1parse -in wallet.backup -out wallet.asn1 -noout");
    // The object identifier of PBKDF2, 1.2.840.113549.1.5.12 (RFC 8018 appendix A.2).
    assertThat(HexFormat.of().formatHex(cli.bytes("wallet.asn1")))
        .contains("06092a864886f70d01050c");
    OpenSsl.make(folder, "pkey -in wallet.backup -passin file:password -pubout -out opened.pem");
    assertThat(restore("wallet.backup", "twin").out()).contains("Restored twin with 1 version");
  }

  @Test
  void aRestoredKekOpensWhatWasSealed_andOnlyEnclaveOpensItsBackup() {
    cli.succeed("keys", "create", "kek", "--algorithm", "AES_256_GCM");
    cli.succeed("seal", "kek", "doc", "--out", "box");

    assertThat(backup("kek", "kek.backup").out()).contains("Only Enclave opens it");
    World.delete(folder.resolve("keys"));
    restore("kek.backup", "kek");

    cli.succeed("unseal", "box", "--out", "opened");
    assertThat(cli.bytes("opened")).isEqualTo(cli.bytes("doc"));
  }

  @Test
  void aStoreThatWasLostIsRestored_andStoredHandlesNameTheSameKeys() {
    cli.succeed("keys", "rotate", "wallet");
    cli.succeed("keys", "destroy", "wallet", "--version", "1", "--yes");
    Map<String, Object> before =
        JsonText.object(cli.succeed("keys", "show", "wallet", "--json").out());
    backup("wallet", "wallet.backup");
    World.delete(folder.resolve("keys"));

    restore("wallet.backup", "wallet");

    Map<String, Object> after =
        JsonText.object(
            cli.succeed("keys", "show", JsonText.text(before, "handle"), "--json").out());
    assertThat(after).containsEntry("handle", before.get("handle"));
    assertThat(after).containsEntry("activeVersion", "2");
  }

  @Test
  void theFileIsForItsOwnerAlone() throws IOException {
    backup("wallet", "wallet.backup");
    assertThat(Files.getPosixFilePermissions(folder.resolve("wallet.backup")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    backupOver();
    assertThat(Files.getPosixFilePermissions(folder.resolve("wallet.backup")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  private void backupOver() {
    backup("wallet", "wallet.backup", "--force");
  }

  @Tag("needs-openssl")
  @Tag("full")
  @Test
  void aFileThatExistsIsReplacedByForceOnly() {
    cli.file("wallet.backup", "the only backup");
    assertThat(
            cli.run(
                    "keys",
                    "backup",
                    "wallet",
                    "--out",
                    "wallet.backup",
                    "--password-file",
                    "password")
                .code())
        .isEqualTo(2);
    assertThat(cli.bytes("wallet.backup")).asString().isEqualTo("the only backup");
    backupOver();
    restore("wallet.backup", "twin");
    assertThat(folder.resolve("wallet.backup.enclave-tmp")).doesNotExist();
  }

  @Tag("needs-openssl")
  @Tag("full")
  @Test
  void thePasswordIsAskedForTwice_andOnceToRestore() {
    Cli.Run made =
        cli.typing(PASSWORD, PASSWORD).run("keys", "backup", "wallet", "--out", "wallet.backup");
    assertThat(made.code()).as(made.err()).isZero();
    Cli.Run restored =
        cli.typing(PASSWORD).run("keys", "restore", "wallet.backup", "--name", "twin");
    assertThat(restored.code()).as(restored.err()).isZero();
  }

  @Tag("needs-openssl")
  @Tag("full")
  @Test
  void twoDifferentPasswordsMakeNoBackup() {
    Cli.Run run =
        cli.typing(PASSWORD, PASSWORD + "!").run("keys", "backup", "wallet", "--out", "backup");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("The two passwords differ").doesNotContain("horse");
    assertThat(folder.resolve("backup")).doesNotExist();
  }

  @Tag("needs-openssl")
  @Tag("full")
  @Test
  void thePasswordFileMayComeFromStandardInput_andHaveAnyLineEnd() {
    Cli piped = cli.reading((PASSWORD + "\r\nmore").getBytes(StandardCharsets.UTF_8));
    Cli.Run run =
        piped.run("keys", "backup", "wallet", "--out", "wallet.backup", "--password-file", "-");
    assertThat(run.code()).as(run.err()).isZero();
    restore("wallet.backup", "twin");
  }

  @Tag("needs-openssl")
  @Tag("full")
  @Test
  void aForeignKeyIsRestored_withTheAlgorithmSaid() {
    OpenSsl.make(
        folder,
        "genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -aes256 -pass file:password -out"
            + " rsa.pem");
    Map<String, Object> key =
        JsonText.object(
            cli.succeed(
                    "keys",
                    "restore",
                    "rsa.pem",
                    "--name",
                    "foreign",
                    "--algorithm",
                    "RSA_PSS_2048_SHA256",
                    "--password-file",
                    "password",
                    "--json")
                .out());
    assertThat(key)
        .containsEntry("name", "foreign")
        .containsEntry("environment", "LOCAL")
        .containsEntry("exportable", "true");
    OpenSsl.make(folder, "pkey -in rsa.pem -passin file:password -pubout -out public.pem");
    assertThat(cli.succeed("keys", "public", "foreign").out())
        .isEqualTo(new String(cli.bytes("public.pem"), StandardCharsets.US_ASCII));
  }

  @Test
  void backupAndRestorationAreInTheAuditLog() throws IOException {
    backup("wallet", "wallet.backup");
    restore("wallet.backup", "twin");
    StringBuilder log = new StringBuilder();
    try (var files = Files.walk(folder.resolve("audit"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        // One file is a sealed key, so not all of it is UTF-8.
        log.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(log.toString())
        .contains("\"BACKUP\"", "\"RESTORE\"", "cli:tester")
        .doesNotContain(PASSWORD);
    cli.succeed("audit", "verify");
  }
}

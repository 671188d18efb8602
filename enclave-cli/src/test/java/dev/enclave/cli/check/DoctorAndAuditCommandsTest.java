package dev.enclave.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorAndAuditCommandsTest {

  private final Path folder;

  DoctorAndAuditCommandsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void doctorIsReadyInAConfiguredPlace() {
    Cli.Run run = Cli.local(folder).run("doctor");

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("Environment", "LOCAL", "Signals", "software", "Findings", "Ready:");
  }

  /** The command brings the accelerators; Corretto has none for Windows. */
  @Test
  void doctorNamesTheEngineOfEachAlgorithm() {
    Cli.Run run = Cli.local(folder).run("doctor", "--verbose");

    assertThat(run.out())
        .containsPattern("Bouncy Castle \\d.*\\R +AES_256_GCM")
        .containsPattern(
            "libsecp256k1 .* keys in: (locked )?off-heap.*\\R.*ECDSA_SECP256K1_KECCAK256")
        .containsPattern(
            System.getProperty("os.name").startsWith("Windows")
                ? "Bouncy Castle .*Corretto not used: no jar for windows.*\\R +ED25519"
                : "Amazon Corretto Crypto Provider \\d.*\\R +ED25519");
  }

  @Test
  void doctorNamesEachSettingsSource() {
    Cli.Run run = Cli.local(folder).run("doctor", "-D", "enclave.minimum-assurance=software");

    assertThat(run.out())
        .contains("enclave.environment = local", "file " + folder)
        .containsPattern("enclave.minimum-assurance = software +\\(command line\\)");
  }

  @Test
  void doctorHidesSecretSettings() {
    Cli.Run run =
        Cli.local(folder).run("doctor", "-D", "enclave.software.passphrase=correct horse battery");

    assertThat(run.out()).contains("***").doesNotContain("correct horse");
  }

  @Test
  void doctorCreatesNoKey() {
    Cli.local(folder).run("doctor");

    assertThat(Cli.local(folder).succeed("keys", "list").out()).contains("There are no keys");
  }

  @Test
  void doctorEndsWithTheCodeOfItsWorstFinding() {
    Cli.Run run =
        Cli.in(folder)
            .run(
                "doctor", "-D", "enclave.environment=production", "-D", "enclave.backend=software");

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out()).contains("ASSURANCE_TOO_LOW", "AUDIT_UNAVAILABLE", "Not ready");
  }

  @Test
  void doctorReportsABrokenConfiguration() {
    Cli.Run run = Cli.in(folder).run("doctor", "-D", "enclave.enviroment=local");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).contains("CONFIGURATION_UNKNOWN_KEY", "enclave.environment");
  }

  @Test
  void doctorAnswersInJson() {
    Map<String, Object> answer =
        JsonText.object(Cli.local(folder).succeed("doctor", "--json").out());

    assertThat(answer.keySet())
        .containsExactly(
            "version",
            "ready",
            "environment",
            "environmentReason",
            "settings",
            "signals",
            "backend",
            "backendReason",
            "rejected",
            "permissions",
            "accessPolicy",
            "engines",
            "auditLog",
            "findings");
    assertThat(answer).containsEntry("ready", "true").containsEntry("backend", "software");
  }

  @Test
  void auditVerifyFindsAnUntouchedLogIntact() {
    Cli cli = Cli.local(folder);
    cli.succeed("keys", "create", "wallet", "--algorithm", "ED25519");

    Cli.Run run = cli.run("audit", "verify");

    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("intact: ");
  }

  @Test
  void auditVerifyEndsWithFiveWhenARecordWasChanged() throws IOException {
    Cli cli = Cli.local(folder);
    cli.succeed("keys", "create", "wallet", "--algorithm", "ED25519");
    replaceInLog("cli:tester", "cli:nobody");

    Cli.Run run = cli.run("audit", "verify");

    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("not as it was written", "(AUDIT_LOG_CORRUPT)");
    Cli.Run inJson = cli.run("audit", "verify", "--json");
    assertThat(inJson.code()).isEqualTo(5);
    assertThat(JsonText.object(inJson.out())).containsEntry("intact", "false");
  }

  @Test
  void auditVerifyAnswersInJson() {
    Cli cli = Cli.local(folder);
    cli.succeed("keys", "create", "wallet", "--algorithm", "ED25519");

    Map<String, Object> answer = JsonText.object(cli.succeed("audit", "verify", "--json").out());

    assertThat(answer)
        .containsEntry("intact", "true")
        .containsEntry("problem", "null")
        .containsEntry("unknownOutcomes", List.of());
  }

  @Test
  void operationsAreAuditedWithTheUserWhoTypedThem() throws IOException {
    Cli.local(folder).succeed("keys", "create", "wallet", "--algorithm", "ED25519");

    assertThat(log()).contains("cli:tester");
  }

  private String log() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file : logFiles()) {
      text.append(Files.readString(file));
    }
    return text.toString();
  }

  private void replaceInLog(String from, String to) throws IOException {
    for (Path file : logFiles()) {
      Files.writeString(file, Files.readString(file).replace(from, to));
    }
  }

  private List<Path> logFiles() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("audit"))) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).toList();
    }
  }
}

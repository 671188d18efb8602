package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("full")
class CommonOptionsTest {

  private final Path folder;
  private final Cli cli;

  CommonOptionsTest(@TempDir Path folder) {
    this.folder = folder;
    Cli.local(folder).succeed("keys", "create", "wallet", "--algorithm", "ED25519");
    cli = Cli.in(folder);
    cli.file("doc", "text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "keys ", "audit ", "queue ", "attestation ", "migrate ", "emulator "})
  void everyCommandOfAListHasAWholeSentence(String group) {
    String help =
        cli.run((group + "--help").split(" ", -1)).out().replace("\n                ", "");
    String list = help.substring(help.indexOf("\nCommands:\n") + 11).split("\n\n", -1)[0];

    assertThat(list.strip().replaceAll("\\n {5,}", " ").lines())
        .isNotEmpty()
        .allSatisfy(command -> assertThat(command).endsWith("."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--config local.properties sign wallet doc --out sig",
        "sign --config local.properties wallet doc --out sig",
        "sign wallet --config=local.properties doc --out sig",
        "sign --out sig wallet doc --config local.properties",
        "sign wallet doc --verbose --out=sig --config local.properties",
        "--config local.properties keys show wallet",
        "keys --config local.properties show wallet",
        "keys show --config local.properties wallet",
        "keys show wallet --config local.properties",
        "--config local.properties -D enclave.algorithms=ED25519 keys show wallet",
        "-Denclave.algorithms=ED25519 keys show wallet --config local.properties",
        "keys show wallet -Denclave.algorithms=ED25519 --config local.properties",
        "audit --config local.properties verify",
      })
  void optionsStandAnywhereOnTheLine(String line) {
    Cli.Run run = cli.run(line.split(" ", -1));

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-D enclave.environment=production --config local.properties keys list",
        "--config local.properties keys list -D enclave.environment=production",
        "-D enclave.environment=local -D enclave.environment=production keys list --config"
            + " local.properties",
        "-D enclave.environment=local keys -D enclave.environment=production list --config"
            + " local.properties",
      })
  void theLastSettingOnTheLineWins(String line) {
    assertThat(cli.run(line.split(" ", -1)).code()).isEqualTo(3);
  }

  @Test
  void settingsBeforeAndAfterTheCommandAddUp() {
    Cli.Run run =
        cli.run(
            "-D",
            "enclave.environment=local",
            "keys",
            "-D",
            "enclave.software.directory=" + folder.resolve("keys"),
            "show",
            "wallet",
            "-D",
            "enclave.audit.directory=" + folder.resolve("audit"));

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
  }

  @Test
  void verboseShowsTheStackTrace() {
    Cli.Run run = cli.run("keys", "list", "--verbose");

    assertThat(run.err()).contains("    at dev.enclave.").contains("error: ");
  }

  @Test
  void aConfigFileOnTheLineReplacesThatOfTheVariable() {
    cli.file("production.properties", "enclave.environment=production\n");
    Cli shell = Cli.local(folder);

    Cli.Run run = shell.run("keys", "list", "--config", "production.properties");

    // The variable's file sets the audit directory, which a mixture of both files would have.
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err())
        .contains(
            "PRODUCTION needs an audit log and none is configured: set enclave.audit.directory");
    assertThat(shell.succeed("keys", "list", "--names").out().strip()).isEqualTo("wallet");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "-h",
        "keys --help",
        "keys create --help",
        "sign --help",
        "sign wallet --help",
        "verify -h",
        "seal --help",
        "open --help",
        "audit verify --help",
        "doctor --help",
        "demo --help",
        "--version"
      })
  void helpAndVersionAnswerOnStandardOutput(String line) {
    Cli.Run run = cli.run(line.split(" ", -1));

    assertThat(run.code()).isZero();
    assertThat(run.out()).containsIgnoringCase("enclave");
    assertThat(run.err()).isEmpty();
  }
}

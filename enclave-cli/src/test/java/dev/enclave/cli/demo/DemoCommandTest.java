package dev.enclave.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.ForgetfulProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {

  private final Path folder;

  DemoCommandTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void showsEveryStepWhereNothingIsConfigured() {
    Cli.Run run = Cli.in(folder).run("demo");

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .containsSubsequence(
            "The operating system's store is not used: os is not usable here",
            "1. Detect",
            "environment: LOCAL",
            "backend:     software",
            "2. Create",
            "3. Sign",
            "4. Verify",
            "is valid",
            "5. Tamper",
            "refused",
            "6. Rotate",
            "version 2 signs",
            "7. Verify the old signature",
            "still valid",
            "8. Audit",
            "intact",
            "Done.");
  }

  @Test
  void leavesNothingBehind() throws IOException {
    Cli.in(folder).succeed("demo");

    assertThat(scratchFolders()).isEmpty();
    assertThat(folder.resolve("home")).doesNotExist();
  }

  @Test
  void keepsTheScratchFolderOnRequest() throws IOException {
    Cli.in(folder).succeed("demo", "--keep");

    assertThat(scratchFolders()).hasSize(1);
  }

  @Test
  void usesTheConfigurationThereIs() throws IOException {
    Cli cli = Cli.local(folder);

    Cli.Run run = cli.succeed("demo");

    assertThat(run.out()).startsWith("Using the configuration");
    assertThat(scratchFolders()).isEmpty();
    assertThat(cli.succeed("keys", "show", "enclave-demo").out()).contains("DESTROYED");
  }

  @Test
  void runsAgainWhereAnEarlierRunLeftItsKey() {
    Cli cli = Cli.local(folder);
    cli.succeed("demo", "--keep");

    assertThat(cli.succeed("demo").out()).contains(":enclave-demo-2:");
  }

  @Test
  void isRefusedWhereThePolicyRefuses() throws IOException {
    // All that production needs is configured but for the assurance, so that nothing else refuses.
    Cli.Run run =
        Cli.local(folder)
            .variable("ENCLAVE_SOFTWARE_PASSPHRASE", "six random words of a test")
            .run("demo", "-D", "enclave.environment=production", "-D", "enclave.backend=software");

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err().lines())
        .filteredOn(line -> line.startsWith("- "))
        .singleElement()
        .asString()
        .startsWith("- [POLICY] software gives SOFTWARE at most and PRODUCTION needs HSM: ");
    assertThat(run.err()).contains("(ASSURANCE_TOO_LOW)");
    assertThat(run.out()).doesNotContain("2. Create");
    assertThat(folder.resolve("keys")).doesNotExist();
    assertThat(folder.resolve("home")).doesNotExist();
    assertThat(scratchFolders()).isEmpty();
  }

  @Test
  void endsWithFiveWhereAStepDoesNotGiveWhatItMust() {
    Cli.Run run =
        Cli.local(folder)
            .with(new ForgetfulProvider())
            .run("demo", "--keep", "-D", "enclave.backend=forgetful");

    assertThat(run.code()).isEqualTo(5);
    assertThat(run.out()).contains("6. Rotate").doesNotContain("7. ", "Done.");
    assertThat(run.err()).contains("error: Step 6 of the demo", "(WRONG_ANSWER)");
  }

  private List<Path> scratchFolders() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().startsWith("enclave-demo-")).toList();
    }
  }
}

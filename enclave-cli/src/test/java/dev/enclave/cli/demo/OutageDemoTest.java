package dev.enclave.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.cli.Cli;
import dev.enclave.cli.session.CommandContext;
import dev.enclave.cli.session.RootCommand;
import dev.enclave.cli.session.Session;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.error.IntegrityException;
import dev.enclave.internal.opening.EnclaveEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code enclave demo --outage}. */
@Tag("full")
class OutageDemoTest {

  private static final String TICKET = "t-[0-9a-f]+";

  private final Path folder;

  OutageDemoTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void showsEveryStep_byNothingThatIsConfigured_andLeavesNothingBehind() throws IOException {
    Cli.Run run =
        Cli.in(folder)
            .variable("ENCLAVE_BACKEND", "gcp-kms")
            .variable("ENCLAVE_ENVIRONMENT", "production")
            .run("demo", "--outage");

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .startsWith("Whatever is configured is not used")
        .containsSubsequence(
            "1. Start",
            "at http://127.0.0.1:",
            "handle:      enclave:v1:aws-kms:",
            "2. Sign",
            "is valid",
            "3. Lose the service",
            "failed:      ",
            "try again ",
            "4. Sign now or later",
            "deferred:    BACKEND_UNAVAILABLE",
            "ticket:      t-",
            "estimate:    tried again",
            "5. Submit",
            "10 signatures are stored",
            "order-10 once more gives the same ticket",
            "a rotation is stored, of version ",
            "stored behind the rotation",
            "demo-wallet-2",
            "6. Look at the queue",
            "14 tickets wait; the first was tried while the service was away",
            "health():    WARNING, 14 deferred operations wait, the oldest for",
            "7. Return",
            "14 tickets are done, those of the key in the order of submission",
            "signed what was submitted after the rotation, and nothing else",
            "attempts of each: [",
            "8. Audit",
            "DEFER",
            "deferred, tried in vain, signed, done",
            "intact: ",
            "Done. Every step gave what it must.",
            "Removed the scratch folder");
    assertThat(lines(run, TICKET + "  (SIGN|ROTATE|CREATE) .*")).hasSize(14);
    assertThat(done(run, "signed by version [0-9a-f]{8}, valid")).hasSize(12);
    assertThat(done(run, "rotated to version [0-9a-f]{8}")).hasSize(1);
    assertThat(done(run, "key demo-wallet-2 made")).hasSize(1);
    assertThat(scratchFolders()).isEmpty();
    assertThat(folder.resolve("home")).doesNotExist();
  }

  @Test
  void keepsTheScratchFolderOnRequest() throws IOException {
    Cli.in(folder).succeed("demo", "--outage", "--keep");

    assertThat(scratchFolders())
        .singleElement()
        .satisfies(
            kept ->
                assertThat(kept)
                    .isDirectoryContaining("glob:**/audit")
                    .isDirectoryContaining("glob:**/jobs"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo --outage -D enclave.backend=gcp-kms",
        "demo --outage --config some.properties"
      })
  void refusesSettingsOnTheLine(String line) throws IOException {
    Cli.Run run = Cli.in(folder).run(line.split(" ", -1));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--outage takes no settings").contains("Leave out -D");
    assertThat(scratchFolders()).isEmpty();
  }

  @Test
  void endsWhereAStepDoesNotGiveWhatItMust() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FaultInjector ofAnother = new FaultInjector();
    try (AwsKmsServer staysHere = AwsKmsServer.builder().start();
        AwsKmsServer goesAway = AwsKmsServer.builder().faults(ofAnother).start()) {
      assertThat(goesAway.endpoint()).isNotEqualTo(staysHere.endpoint());
      OutageDemo demo = new OutageDemo(printingTo(out), folder, staysHere, ofAnother);

      assertThatThrownBy(demo::run)
          .isInstanceOf(IntegrityException.class)
          .hasMessageStartingWith("Step 3 of the demo did not give what it must: the service is")
          .hasMessageContaining(" has signed. Report it");
    }
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("3. Lose the service")
        .doesNotContain("4. ", "Done.");
  }

  private Session printingTo(ByteArrayOutputStream out) {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Session(
        new CommandContext(
            stream,
            stream,
            new ByteArrayInputStream(new byte[0]),
            question -> Optional.empty(),
            folder,
            folder,
            false,
            "tester",
            EnclaveEngine.Parts.none()),
        new RootCommand());
  }

  private static List<String> done(Cli.Run run, String outcome) {
    return lines(run, "[0-9.]+ s  " + TICKET + "  attempts: [0-9]+  " + outcome);
  }

  private static List<String> lines(Cli.Run run, String pattern) {
    return run.out().lines().map(String::strip).filter(line -> line.matches(pattern)).toList();
  }

  private List<Path> scratchFolders() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().startsWith("enclave-demo-")).toList();
    }
  }
}

package dev.enclave.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.cli.Cli.Run;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("exhaustive")
class ConformanceCommandTest {

  @Test
  void saysWhatItWouldDo_andDoesNothing_withoutYes(@TempDir Path folder) {
    Run run = Cli.local(folder).succeed("conformance", "--backend", "software");
    assertThat(run.out())
        .contains("estimate:")
        .contains("setting:     enclave.software.directory = ")
        .contains("Nothing was done. To run it: enclave conformance --backend software --yes");
    assertThat(Cli.local(folder).succeed("keys", "list").out()).doesNotContain("contract-");
  }

  @Test
  void passesTheSoftwareBackend_andDestroysEveryKeyItMade(@TempDir Path folder) {
    Cli cli = Cli.local(folder);
    Run run = cli.succeed("conformance", "--backend", "software", "--yes");
    assertThat(run.out())
        .contains("conforms  SigningContract")
        .containsPattern("cleared   ([0-9]+) of \\1 names")
        .containsPattern("All [0-9]{3} tests passed\\.")
        .doesNotContain("FAILED")
        .doesNotContain("LEFT");
    assertThat(cli.succeed("keys", "list").out().lines().filter(l -> l.startsWith("contract-")))
        .isNotEmpty()
        .allSatisfy(key -> assertThat(key).containsPattern("^\\S+ +\\S+ +none "));
  }

  @Test
  void runsForTheAlgorithmsThatAreNamed_andNamesThemInResults(@TempDir Path folder) {
    Run run =
        Cli.local(folder)
            .succeed(
                "conformance",
                "--backend",
                "software",
                "--algorithm",
                "ED25519",
                "--algorithm",
                "ECDSA_P256_SHA256",
                "--yes");
    assertThat(run.out())
        .contains("algorithms:  ED25519, ECDSA_P256_SHA256")
        .contains("; that for each of at most 2 runs")
        .contains("passed    SigningContract.signsEveryDeclaredInput_ofED25519 [ED25519]")
        .contains("passed    SigningContract.namesTheVersionItUsed [ECDSA_P256_SHA256]")
        .doesNotContain("FAILED")
        .doesNotContain("LEFT")
        .doesNotContain("_ofECDSA_P384");
  }

  @Test
  void keepsToTheAlgorithmsOfThePolicy(@TempDir Path folder) {
    String allowed = "-Denclave.algorithms=ED25519,AES_256_GCM";
    Run run = Cli.local(folder).succeed("conformance", "--backend", "software", "--yes", allowed);
    assertThat(run.out())
        .contains("algorithms:  ED25519, AES_256_GCM")
        .contains("passed    SigningContract.signsEveryDeclaredInput_ofED25519")
        .doesNotContain("FAILED")
        .doesNotContain("ECDSA_");
    Run denied =
        Cli.local(folder)
            .run("conformance", "--backend=software", "--algorithm=ECDSA_P256_SHA256", allowed);
    assertThat(denied.code()).isEqualTo(3);
    assertThat(denied.err())
        .contains("ALGORITHM_NOT_ALLOWED")
        .contains("enclave.algorithms, or name one of ED25519, AES_256_GCM");
  }

  @Test
  void wantsAnAlgorithmThatSigns(@TempDir Path folder) {
    Run run =
        Cli.local(folder)
            .run("conformance", "--backend=software", "--algorithm=AES_256_GCM", "--yes");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("Name one that signs");
  }

  @Test
  void namesWhatFails_andEndsWithOne(@TempDir Path folder) {
    // Adoption cannot be tested: this provider makes no keys past Enclave.
    Run run =
        Cli.local(folder)
            .with(new CloudShapedProvider(CloudVariant.COMPARE_AND_SET))
            .run("conformance", "--backend", "cloud", "--yes", "-Denclave.environment=development");
    assertThat(run.code()).as(run.err()).isEqualTo(1);
    assertThat(run.out())
        .contains("FAILS     AdoptionContract")
        .contains("FAILED    AdoptionContract.adopts_aForeignKey: ")
        .contains("Not every test passed.")
        .as("lines of a failure are lines")
        .doesNotContain("\\u000a");
  }

  @Test
  void refusesABackendThatThePolicyDoesNotAllow(@TempDir Path folder) {
    Run run =
        Cli.local(folder)
            .run(
                "conformance",
                "--backend",
                "software",
                "--yes",
                "-Denclave.environment=production");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err()).contains("ASSURANCE_TOO_LOW");
  }

  @Test
  void refusesABackendThatIsNotThere(@TempDir Path folder) {
    Run run = Cli.local(folder).run("conformance", "--backend", "vault", "--yes");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("BACKEND_NOT_FOUND");
  }
}

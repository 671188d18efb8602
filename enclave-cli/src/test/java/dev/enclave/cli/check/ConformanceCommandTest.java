package dev.enclave.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.SigningAlgorithm;
import dev.enclave.cli.Cli;
import dev.enclave.cli.Cli.Run;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("full")
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
  void runsWithTheFirstAlgorithmThatCanBeMadeThere_andNamesTheOnesBefore(@TempDir Path folder) {
    Run run =
        Cli.local(folder)
            .with(new WithoutEd25519())
            .run(
                "conformance",
                "--backend=here",
                "--yes",
                "-Denclave.environment=development",
                "-Denclave.algorithms=ED25519,ECDSA_P256_SHA256,AES_256_GCM");
    assertThat(run.code()).as(run.err()).isEqualTo(1);
    assertThat(run.out().lines().filter(line -> line.startsWith("FAILED    ")))
        .containsOnly(
            "FAILED    Algorithms.makesAKey_ofED25519",
            "FAILED    Algorithms.makesAKey_ofED25519: No HSM here has Edwards curves. It was left"
                + " out of this run; enclave.algorithms can leave it out for good.");
    assertThat(run.out())
        .contains("passed    SigningContract.signsEveryDeclaredInput_ofECDSA_P256_SHA256")
        .contains("Not every test passed.")
        .doesNotContain("LEFT");
  }

  /** Declares Ed25519, and the place has none. */
  private static final class WithoutEd25519 implements BackendProvider {

    private final BackendProvider whole = new InMemoryProvider().id("here");

    @Override
    public BackendId id() {
      return whole.id();
    }

    @Override
    public Assurance assuranceCeiling() {
      return whole.assuranceCeiling();
    }

    @Override
    public Detection detect(DetectionContext context) {
      return whole.detect(context);
    }

    @Override
    public SigningBackend open(BackendContext context) throws BackendFailure {
      return new BackendDecorator(whole.open(context)) {
        @Override
        public <C extends Capability> Optional<C> capability(Class<C> type) {
          Optional<C> its = super.capability(type);
          if (type == KeyAdopter.class) {
            return Optional.empty();
          }
          KeyCreator creator =
              (request, call) -> {
                if (request.algorithm() == SigningAlgorithm.ED25519) {
                  throw BackendFailure.permanent(
                      FailureCode.REJECTED, "No HSM here has Edwards curves.");
                }
                return ((KeyCreator) its.orElseThrow()).create(request, call);
              };
          return type == KeyCreator.class ? Optional.of(type.cast(creator)) : its;
        }

        @Override
        protected <T> T around(String operation, CallContext context, Call<T> call)
            throws BackendFailure {
          return call.run(context);
        }
      };
    }
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
    Run run = Cli.local(folder).run("conformance", "--backend", "nowhere", "--yes");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("BACKEND_NOT_FOUND");
  }
}

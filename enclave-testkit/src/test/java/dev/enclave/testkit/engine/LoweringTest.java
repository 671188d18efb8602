package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a later source may not take back of what an earlier one declared. */
class LoweringTest {

  private static final FakeEnvironment LOWERED =
      FakeEnvironment.empty().withVariable("ENCLAVE_ENVIRONMENT", "local");

  static final FakeEnvironment POD =
      FakeEnvironment.empty()
          .withVariable("KUBERNETES_SERVICE_HOST", "10.0.0.1")
          .withFile("/var/run/secrets/kubernetes.io/serviceaccount/namespace", "wallets");

  private final Path file;

  LoweringTest(@TempDir Path folder) {
    this.file = folder.resolve("wallet.properties");
  }

  private Bench declared(String... lines) throws IOException {
    Files.writeString(file, String.join("\n", lines));
    return new Bench().file(file).environment(LOWERED);
  }

  @Test
  void oneVariableDoesNotOverrideAConfiguredProduction() throws IOException {
    Bench bench =
        declared("enclave.environment=production")
            .with(new InMemoryProvider().assurance(Assurance.SOFTWARE));

    assertThat(refused(ErrorCode.ASSURANCE_TOO_LOW, bench::open))
        .contains("memory gives SOFTWARE at most and PRODUCTION needs HSM")
        .contains("variable ENCLAVE_ENVIRONMENT", file.toString(), "enclave.may-be-lowered");
  }

  @Test
  void oneVariableLowersIt_whereTheFileAcknowledgesThat() throws IOException {
    Bench bench =
        declared("enclave.environment=production", "enclave.may-be-lowered=enclave.environment")
            .with(new InMemoryProvider().assurance(Assurance.SOFTWARE));

    try (Enclave enclave = bench.open()) {
      assertThat(enclave.policy().environment()).isEqualTo(EnvironmentType.LOCAL);
      assertThat(bench.builder().diagnose().health().findings())
          .extracting(Finding::code)
          .doesNotContain(ErrorCode.SETTING_IGNORED);
    }
  }

  @Test
  void theStartGoesOnWithTheStricterValue_andItsRecordNamesWhatWasIgnored() throws IOException {
    Bench bench = declared("enclave.environment=production").with(new InMemoryProvider());

    try (Enclave enclave = bench.open()) {
      assertThat(enclave.policy().environment()).isEqualTo(EnvironmentType.PRODUCTION);
    }
    assertThat(startOf(bench))
        .containsEntry("setting.enclave.environment", "production")
        .containsEntry(
            "ignored.enclave.environment",
            "Setting enclave.environment is \"local\" (from variable ENCLAVE_ENVIRONMENT) and is"
                + " ignored, since it is less strict than \"production\" (file "
                + file
                + ")");
  }

  @Test
  void doctorFindsWhatWasIgnored_alsoWhereTheStartIsRefused() throws IOException {
    Bench starts = declared("enclave.environment=production").with(new InMemoryProvider());
    Bench refused =
        declared("enclave.environment=production")
            .with(new InMemoryProvider().assurance(Assurance.SOFTWARE));

    for (Bench bench : List.of(starts, refused)) {
      for (Diagnosis diagnosis : List.of(bench.builder().diagnose(), bench.builder().rehearse())) {
        assertThat(diagnosis.health().findings())
            .filteredOn(finding -> finding.code() == ErrorCode.SETTING_IGNORED)
            .singleElement()
            .satisfies(
                finding -> {
                  assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                  assertThat(finding.observed()).contains("variable ENCLAVE_ENVIRONMENT");
                  assertThat(finding.fix()).contains("in file " + file);
                });
      }
    }
    assertThat(starts.builder().diagnose().refusal()).isEmpty();
    assertThat(refused.builder().diagnose().refusal()).contains(ErrorCode.ASSURANCE_TOO_LOW);
  }

  @Test
  void theBuilderIsASourceLikeAnyOther() {
    Bench bench =
        Bench.in("local")
            .environment(FakeEnvironment.empty().withVariable("ENCLAVE_ENVIRONMENT", "staging"))
            .with(new InMemoryProvider());

    try (Enclave enclave = bench.open()) {
      assertThat(enclave.policy().environment()).isEqualTo(EnvironmentType.STAGING);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"staging", "development", "local"})
  void aTypeBelowAWorkloadMarkerIsValid_andIsToldInTheRecordAndByDoctor(String declared) {
    Bench bench = Bench.in(declared).environment(POD).with(new InMemoryProvider());

    bench.open().close();

    assertThat(startOf(bench).get("workloadMarker"))
        .contains("kubernetes: ", "KUBERNETES_SERVICE_HOST");
    Diagnosis diagnosis = bench.builder().diagnose();
    assertThat(diagnosis.refusal()).isEmpty();
    assertThat(diagnosis.health().findings())
        .filteredOn(finding -> finding.code() == ErrorCode.ENVIRONMENT_BELOW_MARKER)
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.observed())
                    .contains("enclave.environment is \"" + declared + "\" (from test)")
                    .contains("KUBERNETES_SERVICE_HOST"));
  }

  @Test
  void aDeclaredProductionInAPodIsNoContradiction() {
    Bench bench = Bench.in("production").environment(POD).with(new InMemoryProvider());

    bench.open().close();

    assertThat(startOf(bench)).doesNotContainKey("workloadMarker");
    assertThat(bench.builder().diagnose().health().findings()).isEmpty();
  }

  private static Map<String, String> startOf(Bench bench) {
    return bench.audit.events(Operation.START).get(0).details();
  }
}

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

  @Test
  void variablesDoNotTurnOnTheFallbackOfAConfiguredProduction() throws IOException {
    Bench bench =
        declared("enclave.environment=production", "enclave.minimum-assurance=hsm")
            .environment(
                FakeEnvironment.empty()
                    .withVariable("ENCLAVE_FALLBACK", "software")
                    .withVariable("ENCLAVE_FALLBACK_MINIMUM_ASSURANCE", "software"))
            .with(new InMemoryProvider());

    bench.open().close();

    assertThat(startOf(bench))
        .containsKeys("ignored.enclave.fallback", "ignored.enclave.fallback.minimum-assurance")
        .doesNotContainKeys(
            "setting.enclave.fallback", "setting.enclave.fallback.minimum-assurance");
    assertThat(startOf(bench).get("ignored.enclave.fallback"))
        .endsWith(
            "less strict than \"disabled\" (the default of enclave.environment=production, from"
                + " file "
                + file
                + ")");
  }

  @Test
  void variablesDoNotNameWhoApprovesMigrationsOfAConfiguredProduction() throws IOException {
    Bench bench =
        declared("enclave.environment=production")
            .environment(
                FakeEnvironment.empty()
                    .withVariable(
                        "ENCLAVE_MIGRATION_APPROVERS", "1".repeat(64) + "," + "2".repeat(64))
                    .withVariable("ENCLAVE_MIGRATION_QUORUM", "1"))
            .with(new InMemoryProvider());

    bench.open().close();

    assertThat(startOf(bench))
        .containsKeys("ignored.enclave.migration.approvers", "ignored.enclave.migration.quorum")
        .doesNotContainKeys(
            "setting.enclave.migration.approvers", "setting.enclave.migration.quorum");
  }

  @Test
  void variablesDoNotShortenTheLifeOfVersions_norMakeOneUp() throws IOException {
    FakeEnvironment shorter =
        FakeEnvironment.empty()
            .withVariable("ENCLAVE_ROTATION_VERIFY_FOR", "PT3H")
            .withVariable("ENCLAVE_ROTATION_DESTROY_AFTER", "PT4H");
    Bench stated =
        declared(
                "enclave.environment=production",
                "enclave.rotation.verify-for=P300D",
                "enclave.rotation.destroy-after=P400D")
            .environment(shorter)
            .with(new InMemoryProvider());

    stated.open().close();

    assertThat(startOf(stated))
        .containsEntry("setting.enclave.rotation.verify-for", "P300D")
        .containsEntry("setting.enclave.rotation.destroy-after", "P400D");

    Bench unstated =
        declared("enclave.environment=production")
            .environment(shorter)
            .with(new InMemoryProvider());

    unstated.open().close();

    assertThat(startOf(unstated))
        .doesNotContainKeys(
            "setting.enclave.rotation.verify-for", "setting.enclave.rotation.destroy-after");
  }

  @Test
  void variablesAdoptNoKeyInAConfiguredProduction_unlessItsFileLetsThem() throws IOException {
    FakeEnvironment adopting =
        FakeEnvironment.empty().withVariable("ENCLAVE_KEYS_TREASURY", "memory:keys/of-another");
    Bench bench =
        declared("enclave.environment=production")
            .environment(adopting)
            .with(new InMemoryProvider());

    bench.open().close();

    assertThat(startOf(bench))
        .containsKey("ignored.enclave.keys.treasury")
        .doesNotContainKey("setting.enclave.keys.treasury");
    assertThat(
            declared(
                    "enclave.environment=production",
                    "enclave.may-be-lowered=enclave.keys.treasury")
                .environment(adopting)
                .with(new InMemoryProvider())
                .builder()
                .diagnose()
                .settings())
        .anySatisfy(setting -> assertThat(setting.name()).isEqualTo("enclave.keys.treasury"));
  }

  @Test
  void whatOneSourceDeclaresTogetherIsItsDecision() throws IOException {
    Bench bench =
        declared(
                "enclave.environment=production",
                "enclave.rotation.interval=never",
                "enclave.reading.maximum-age=PT1H",
                "enclave.audit.countersign=off")
            .environment(FakeEnvironment.empty())
            .with(new InMemoryProvider());

    bench.open().close();

    assertThat(startOf(bench))
        .containsEntry("setting.enclave.rotation.interval", "never")
        .containsEntry("setting.enclave.audit.countersign", "off")
        .noneSatisfy((name, value) -> assertThat(name).startsWith("ignored."));
  }

  private static Map<String, String> startOf(Bench bench) {
    return bench.audit.events(Operation.START).get(0).details();
  }
}

package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyVersion;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A backend is what it says it is. */
public interface DescriptionContract extends BackendUnderTest {

  @Test
  default void describesTheIdOfItsProvider() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        bench -> assertThat(bench.backend().describe().id()).isEqualTo(harness.provider().id()));
  }

  @Test
  default void describesExactlyTheExpectedTraits() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        bench ->
            assertThat(bench.backend().traits())
                .containsExactlyInAnyOrderElementsOf(harness.traits()));
  }

  @Test
  default void hasTheCapabilities_thatItsAlgorithmsNeed() {
    Workbench.with(
        harness(),
        bench -> {
          Set<BackendTrait> traits = bench.backend().traits();
          for (KeyAlgorithm algorithm : bench.backend().describe().offered()) {
            assertThat(traits)
                .as(algorithm + " is offered")
                .contains(
                    algorithm.purpose() == KeyPurpose.SIGN
                        ? BackendTrait.SIGNS
                        : BackendTrait.WRAPS);
          }
        });
  }

  @Test
  default void describesTheSameAlways() {
    BackendHarness harness = harness();
    List<BackendDescription> seen = new ArrayList<>();
    Workbench.with(
        harness,
        bench -> {
          seen.add(bench.backend().describe());
          bench.create();
          seen.add(bench.backend().describe());
        });
    Workbench.with(harness, reopened -> seen.add(reopened.backend().describe()));
    assertThat(Set.copyOf(seen)).hasSize(1);
  }

  @Test
  default void namesAnAuthority() {
    Workbench.with(
        harness(), bench -> assertThat(bench.backend().describe().authority()).isNotBlank());
  }

  @Test
  default void declaresInputsThatTheAlgorithmHas() {
    Workbench.with(
        harness(),
        bench -> {
          for (Map.Entry<KeyAlgorithm, AlgorithmSupport> entry :
              bench.backend().describe().algorithms().entrySet()) {
            AlgorithmSupport support = entry.getValue();
            boolean signs = entry.getKey().purpose() == KeyPurpose.SIGN;
            assertThat(support.algorithm()).isEqualTo(entry.getKey());
            assertThat(support.messages() || support.digests())
                .as(entry.getKey() + " takes some input to sign")
                .isEqualTo(signs);
            assertThat(!support.digests() || entry.getKey().digest().isPresent())
                .as(entry.getKey() + " takes digests only if it has a hash")
                .isTrue();
          }
        });
  }

  @Test
  default void refusesToCreate_whatItDoesNotDeclare() {
    Workbench.with(
        harness(),
        BackendTrait.CREATES,
        bench -> {
          for (KeyAlgorithm algorithm : KeyAlgorithm.all()) {
            if (bench.backend().describe().support(algorithm).isEmpty()) {
              bench.refuse(
                  FailureCode.UNSUPPORTED,
                  call -> bench.create(bench.request(bench.freshName(), algorithm), call));
            }
          }
        });
  }

  @Test
  default void reportsNoMoreAssurance_thanTheProvidersCeiling() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        bench -> {
          KeyVersion version = bench.create().active().orElseThrow();
          Assurance provided = harness.provider().assuranceCeiling();
          Assurance opened = bench.backend().describe().assuranceCeiling().orElse(provided);
          assertThat(version.assurance()).isLessThanOrEqualTo(opened);
          assertThat(opened).isLessThanOrEqualTo(provided);
        });
  }

  @Test
  default void reportsHealth_whenNothingIsWrong() {
    Workbench.with(
        harness(),
        bench -> {
          HealthReport report = bench.succeed(bench.backend()::health);
          assertThat(report.healthy()).as(report.toString()).isTrue();
        });
  }

  @Test
  default void describesItsSettings_eachOnceAndInWords() {
    BackendHarness harness = harness();
    assertThat(harness.provider().settings())
        .allSatisfy(setting -> assertThat(setting.description()).isNotBlank())
        .extracting(SettingSpec::name)
        .doesNotHaveDuplicates()
        .containsAll(harness.context().settings().names())
        .allMatch(name -> Arrays.stream(name.split("-", -1)).noneMatch(String::isEmpty));
  }
}

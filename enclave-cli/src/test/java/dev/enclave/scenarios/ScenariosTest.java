package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnclaveFactory;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.testkit.environments.Expectation;
import dev.enclave.testkit.environments.Recording;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded environment comes to what it is expected to. */
class ScenariosTest {

  private static final String ALL = "dev.enclave.testkit.environments.Recording#all";

  @ParameterizedTest
  @MethodSource(ALL)
  void recognisesThePlace(Recording recording) {
    Landing landing = Landing.bare(recording);
    assertThat(landing.detectors("present"))
        .as("present, of %s", landing.diagnosis().signals())
        .isEqualTo(recording.expected().present());
    assertThat(landing.detectors("inconclusive"))
        .as("inconclusive, of %s", landing.diagnosis().signals())
        .isEqualTo(recording.expected().inconclusive());
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void infersTheEnvironmentType_whereNothingIsSet(Recording recording) {
    Landing landing = Landing.bare(recording);
    assertThat(landing.diagnosis().environment())
        .as(landing.diagnosis().environmentReason())
        .contains(recording.expected().environment());
  }

  @ParameterizedTest
  @MethodSource(ALL)
  void choosesTheBackend_orRefuses(Recording recording) {
    Expectation expected = recording.expected();
    Landing landing = Landing.of(recording);
    assertThat(landing.backend())
        .as("%s", landing.diagnosis().candidates())
        .isEqualTo(expected.backend());
    assertThat(landing.codes()).containsAll(expected.refusal().stream().toList());
  }

  /** Nobody answers here, so whatever is recognised was recognised without the network. */
  @ParameterizedTest
  @MethodSource(ALL)
  void asksTheMetadataService_onlyWhereNothingElseDecides(Recording recording) {
    AtomicInteger asked = new AtomicInteger();
    Diagnosis diagnosis =
        EnclaveFactory.builder()
            .with(
                recording
                    .snapshot()
                    .withMetadata(
                        request -> {
                          asked.incrementAndGet();
                          return new MetadataAnswer.Silent("nobody listens");
                        }))
            .rehearse();
    boolean decided =
        diagnosis.signals().stream()
            .filter(signal -> !signal.detector().equals("container"))
            .anyMatch(signal -> signal.status().equals("present"));
    assertThat(asked.get() == 0).as("%s requests", asked).isEqualTo(decided);
  }

  /** By the shipped providers and what they find; no recording's settings choose a backend. */
  @Test
  void choosesTheExpectedBackend_inNineteenOfTwentyCommonDeployments() {
    List<Recording> common = Recording.all().stream().filter(Recording::common).toList();
    List<Recording> landed =
        common.stream().filter(recording -> Landing.of(recording).isExpected(recording)).toList();
    assertThat(common).hasSizeGreaterThanOrEqualTo(54);
    assertThat(common)
        .allSatisfy(
            recording ->
                assertThat(recording.settings())
                    .doesNotContainKeys("enclave.backend", "enclave.precedence"));
    assertThat(landed.size() * 100.0 / common.size()).isGreaterThanOrEqualTo(95);
  }
}

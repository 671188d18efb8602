package dev.enclave.gcp.internal.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.testkit.FakeEnvironment;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One row per place: what is there, who looks, what it says. */
final class GcpDetectorsTest {

  private static final EnvironmentDetector RUN = new GcpCloudRunDetector();
  private static final EnvironmentDetector JOB = new GcpCloudRunJobDetector();
  private static final EnvironmentDetector FUNCTIONS = new GcpFunctionsDetector();
  private static final EnvironmentDetector ENGINE = new GcpAppEngineDetector();
  private static final EnvironmentDetector VM = new GcpVmDetector();

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("places")
  void saysWhatThePlaceIs_andNoValue(
      EnvironmentDetector detector, String status, String word, FakeEnvironment environment) {
    Detection detection = detector.detect(environment);

    assertThat(detection.getClass().getSimpleName()).isEqualTo(status);
    assertThat(detection.toString()).contains(word).doesNotContain("hunter2");
  }

  static Stream<Arguments> places() {
    return Stream.of(
        arguments(RUN, "Absent", "not set", place()),
        arguments(RUN, "Present", "K_REVISION", place("K_SERVICE=hunter2", "K_REVISION=hunter2")),
        arguments(RUN, "Inconclusive", "K_REVISION", place("K_SERVICE=hunter2")),
        arguments(RUN, "Inconclusive", "K_SERVICE", place("K_REVISION=hunter2")),
        arguments(
            RUN,
            "Inconclusive",
            "Knative",
            place("K_SERVICE=hunter2", "K_REVISION=hunter2", "KUBERNETES_SERVICE_HOST=x")),
        arguments(JOB, "Absent", "not set", place()),
        arguments(
            JOB,
            "Present",
            "CLOUD_RUN_JOB",
            place("CLOUD_RUN_JOB=hunter2", "CLOUD_RUN_EXECUTION=hunter2")),
        arguments(JOB, "Inconclusive", "EXECUTION", place("CLOUD_RUN_JOB=hunter2")),
        arguments(FUNCTIONS, "Absent", "not set", place("K_SERVICE=x")),
        arguments(
            FUNCTIONS, "Present", "TARGET", place("FUNCTION_TARGET=hunter2", "K_SERVICE=hunter2")),
        arguments(FUNCTIONS, "Inconclusive", "K_SERVICE", place("FUNCTION_TARGET=hunter2")),
        arguments(ENGINE, "Absent", "not set", place()),
        arguments(
            ENGINE,
            "Present",
            "GAE_INSTANCE",
            place("GAE_SERVICE=hunter2", "GAE_VERSION=hunter2", "GAE_INSTANCE=hunter2")),
        arguments(ENGINE, "Inconclusive", "GAE_VERSION", place("GAE_SERVICE=hunter2")),
        arguments(
            VM,
            "Absent",
            "DMI",
            place(
                "GOOGLE_APPLICATION_CREDENTIALS=hunter2",
                "CLOUDSDK_CONFIG=hunter2",
                "GOOGLE_CLOUD_PROJECT=hunter2")),
        arguments(
            VM,
            "Present",
            "product_name",
            place().withDmi("product_name", "Google Compute Engine")),
        arguments(VM, "Present", "product_name", place().withDmi("product_name", "Google")),
        arguments(VM, "Inconclusive", "GCE_METADATA_HOST", place("GCE_METADATA_HOST=hunter2")));
  }

  private static FakeEnvironment place(String... variables) {
    return FakeEnvironment.empty().withVariables(variables);
  }
}

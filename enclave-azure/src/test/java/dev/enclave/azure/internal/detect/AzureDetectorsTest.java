package dev.enclave.azure.internal.detect;

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
final class AzureDetectorsTest {

  private static final EnvironmentDetector APP = new AzureAppServiceDetector();
  private static final EnvironmentDetector FUNCTIONS = new AzureFunctionsDetector();
  private static final EnvironmentDetector CONTAINER = new AzureContainerAppsDetector();
  private static final EnvironmentDetector POD = new AzureWorkloadIdentityDetector();
  private static final EnvironmentDetector ARC = new AzureArcDetector();
  private static final EnvironmentDetector VM = new AzureVmDetector();

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
        arguments(APP, "Absent", "not set", place()),
        arguments(
            APP,
            "Present",
            "SITE_NAME",
            place("WEBSITE_SITE_NAME=hunter2", "WEBSITE_INSTANCE_ID=hunter2")),
        arguments(
            APP,
            "Inconclusive",
            "not set: WEBSITE_INSTANCE_ID",
            place("WEBSITE_SITE_NAME=hunter2")),
        arguments(
            APP,
            "Inconclusive",
            "not set: WEBSITE_SITE_NAME",
            place("WEBSITE_INSTANCE_ID=hunter2")),
        arguments(APP, "Inconclusive", "managed identity", place("IDENTITY_HEADER=hunter2")),
        arguments(APP, "Inconclusive", "managed identity", place("IDENTITY_ENDPOINT=hunter2")),
        arguments(APP, "Absent", "not set", place("IDENTITY_ENDPOINT=hunter2", "IMDS_ENDPOINT=x")),
        arguments(
            APP, "Absent", "not set", place("IDENTITY_HEADER=hunter2", "CONTAINER_APP_NAME=x")),
        arguments(APP, "Absent", "not set", place("IDENTITY_HEADER=x", "CONTAINER_APP_JOB_NAME=x")),
        arguments(FUNCTIONS, "Absent", "not set", place("WEBSITE_SITE_NAME=x")),
        arguments(
            FUNCTIONS,
            "Present",
            "VERSION",
            place("FUNCTIONS_EXTENSION_VERSION=~4", "WEBSITE_SITE_NAME=hunter2")),
        arguments(
            FUNCTIONS,
            "Inconclusive",
            "not set: WEBSITE_SITE_NAME",
            place("FUNCTIONS_EXTENSION_VERSION=~4")),
        arguments(CONTAINER, "Absent", "not set", place()),
        arguments(
            CONTAINER,
            "Present",
            "REVISION",
            place("CONTAINER_APP_NAME=hunter2", "CONTAINER_APP_REVISION=hunter2")),
        arguments(CONTAINER, "Inconclusive", "REVISION", place("CONTAINER_APP_NAME=hunter2")),
        arguments(CONTAINER, "Inconclusive", "JOB", place("CONTAINER_APP_JOB_NAME=hunter2")),
        arguments(
            CONTAINER,
            "Present",
            "JOB",
            place("CONTAINER_APP_JOB_NAME=hunter2", "CONTAINER_APP_JOB_EXECUTION_NAME=hunter2")),
        arguments(
            CONTAINER,
            "Present",
            "REVISION",
            place("CONTAINER_APP_JOB_NAME=x", "CONTAINER_APP_NAME=x", "CONTAINER_APP_REVISION=x")),
        arguments(
            POD,
            "Absent",
            "not set",
            place(
                "AZURE_CLIENT_ID=hunter2",
                "AZURE_TENANT_ID=hunter2",
                "AZURE_CLIENT_SECRET=hunter2",
                "AZURE_CONFIG_DIR=x")),
        arguments(
            POD,
            "Present",
            "TOKEN_FILE",
            place(
                "AZURE_FEDERATED_TOKEN_FILE=hunter2",
                "AZURE_CLIENT_ID=hunter2",
                "AZURE_TENANT_ID=hunter2")),
        arguments(
            POD,
            "Inconclusive",
            "not set: AZURE_CLIENT_ID",
            place("AZURE_FEDERATED_TOKEN_FILE=hunter2", "AZURE_TENANT_ID=hunter2")),
        arguments(ARC, "Absent", "not set", place()),
        arguments(
            ARC,
            "Present",
            "IMDS_ENDPOINT",
            place("IMDS_ENDPOINT=hunter2", "IDENTITY_ENDPOINT=hunter2")),
        arguments(
            ARC, "Inconclusive", "not set: IDENTITY_ENDPOINT", place("IMDS_ENDPOINT=hunter2")),
        arguments(
            ARC,
            "Absent",
            "not set",
            place("IDENTITY_ENDPOINT=hunter2", "IDENTITY_HEADER=hunter2")),
        arguments(ARC, "Present", "himds", place().withFile("/opt/azcmagent/bin/himds", "")),
        arguments(VM, "Absent", "DMI", place()),
        arguments(VM, "Absent", "DMI", place().withDmi("sys_vendor", "Microsoft Corporation")),
        arguments(
            VM,
            "Present",
            "chassis",
            place().withDmi("chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77")));
  }

  private static FakeEnvironment place(String... variables) {
    return FakeEnvironment.empty().withVariables(variables);
  }
}

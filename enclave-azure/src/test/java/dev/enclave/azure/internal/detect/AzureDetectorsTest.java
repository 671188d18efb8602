package dev.enclave.azure.internal.detect;

import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.testkit.cloud.DetectorRows;
import java.util.stream.Stream;

/** One row per place: what is there, who looks, what it says. */
final class AzureDetectorsTest extends DetectorRows {

  private static final EnvironmentDetector APP =
      detector(new AzureDetectors(), "azure-app-service");
  private static final EnvironmentDetector FUNCTIONS =
      detector(new AzureDetectors(), "azure-functions");
  private static final EnvironmentDetector CONTAINER =
      detector(new AzureDetectors(), "azure-container-apps");
  private static final EnvironmentDetector POD =
      detector(new AzureDetectors(), "azure-workload-identity");
  private static final EnvironmentDetector ARC = detector(new AzureDetectors(), "azure-arc");
  private static final EnvironmentDetector VM = detector(new AzureDetectors(), "azure-vm");

  @Override
  protected Stream<Row> places() {
    return Stream.of(
        row(APP, "Absent", "not set", place()),
        row(
            APP,
            "Present",
            "SITE_NAME",
            place("WEBSITE_SITE_NAME=hunter2", "WEBSITE_INSTANCE_ID=hunter2")),
        row(
            APP,
            "Inconclusive",
            "not set: WEBSITE_INSTANCE_ID",
            place("WEBSITE_SITE_NAME=hunter2")),
        row(
            APP,
            "Inconclusive",
            "not set: WEBSITE_SITE_NAME",
            place("WEBSITE_INSTANCE_ID=hunter2")),
        row(APP, "Inconclusive", "managed identity", place("IDENTITY_HEADER=hunter2")),
        row(APP, "Inconclusive", "managed identity", place("IDENTITY_ENDPOINT=hunter2")),
        row(APP, "Absent", "not set", place("IDENTITY_ENDPOINT=hunter2", "IMDS_ENDPOINT=x")),
        row(APP, "Absent", "not set", place("IDENTITY_HEADER=hunter2", "CONTAINER_APP_NAME=x")),
        row(APP, "Absent", "not set", place("IDENTITY_HEADER=x", "CONTAINER_APP_JOB_NAME=x")),
        row(FUNCTIONS, "Absent", "not set", place("WEBSITE_SITE_NAME=x")),
        row(
            FUNCTIONS,
            "Present",
            "VERSION",
            place("FUNCTIONS_EXTENSION_VERSION=~4", "WEBSITE_SITE_NAME=hunter2")),
        row(
            FUNCTIONS,
            "Inconclusive",
            "not set: WEBSITE_SITE_NAME",
            place("FUNCTIONS_EXTENSION_VERSION=~4")),
        row(CONTAINER, "Absent", "not set", place()),
        row(
            CONTAINER,
            "Present",
            "REVISION",
            place("CONTAINER_APP_NAME=hunter2", "CONTAINER_APP_REVISION=hunter2")),
        row(CONTAINER, "Inconclusive", "REVISION", place("CONTAINER_APP_NAME=hunter2")),
        row(CONTAINER, "Inconclusive", "JOB", place("CONTAINER_APP_JOB_NAME=hunter2")),
        row(
            CONTAINER,
            "Present",
            "JOB",
            place("CONTAINER_APP_JOB_NAME=hunter2", "CONTAINER_APP_JOB_EXECUTION_NAME=hunter2")),
        row(
            CONTAINER,
            "Present",
            "REVISION",
            place("CONTAINER_APP_JOB_NAME=x", "CONTAINER_APP_NAME=x", "CONTAINER_APP_REVISION=x")),
        row(
            POD,
            "Absent",
            "not set",
            place(
                "AZURE_CLIENT_ID=hunter2",
                "AZURE_TENANT_ID=hunter2",
                "AZURE_CLIENT_SECRET=hunter2",
                "AZURE_CONFIG_DIR=x")),
        row(
            POD,
            "Present",
            "TOKEN_FILE",
            place(
                "AZURE_FEDERATED_TOKEN_FILE=hunter2",
                "AZURE_CLIENT_ID=hunter2",
                "AZURE_TENANT_ID=hunter2")),
        row(
            POD,
            "Present",
            "AZURE_KUBERNETES_TOKEN_PROXY is set",
            place(
                "AZURE_FEDERATED_TOKEN_FILE=hunter2",
                "AZURE_CLIENT_ID=hunter2",
                "AZURE_TENANT_ID=hunter2",
                "AZURE_KUBERNETES_TOKEN_PROXY=hunter2")),
        row(
            POD,
            "Inconclusive",
            "not set: AZURE_CLIENT_ID",
            place("AZURE_FEDERATED_TOKEN_FILE=hunter2", "AZURE_TENANT_ID=hunter2")),
        row(ARC, "Absent", "not set", place()),
        row(
            ARC,
            "Present",
            "IMDS_ENDPOINT",
            place("IMDS_ENDPOINT=hunter2", "IDENTITY_ENDPOINT=hunter2")),
        row(ARC, "Inconclusive", "not set: IDENTITY_ENDPOINT", place("IMDS_ENDPOINT=hunter2")),
        row(
            ARC,
            "Absent",
            "not set",
            place("IDENTITY_ENDPOINT=hunter2", "IDENTITY_HEADER=hunter2")),
        row(ARC, "Present", "himds", place().withFile("/opt/azcmagent/bin/himds", "")),
        row(VM, "Absent", "DMI", place()),
        row(VM, "Absent", "DMI", place().withDmi("sys_vendor", "Microsoft Corporation")),
        row(
            VM,
            "Present",
            "chassis",
            place().withDmi("chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77")));
  }
}

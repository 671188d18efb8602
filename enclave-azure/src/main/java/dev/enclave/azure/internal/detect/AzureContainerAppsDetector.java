package dev.enclave.azure.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/** A container app or a job of Azure Container Apps. */
public final class AzureContainerAppsDetector implements EnvironmentDetector {

  @Override
  public String id() {
    return "azure-container-apps";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    Detection job =
        Detection.byVariables(
            environment, "CONTAINER_APP_JOB_NAME", "CONTAINER_APP_JOB_EXECUTION_NAME");
    Detection app =
        Detection.byVariables(environment, "CONTAINER_APP_NAME", "CONTAINER_APP_REVISION");
    return job instanceof Detection.Present
            || (job instanceof Detection.Inconclusive && app instanceof Detection.Absent)
        ? job
        : app;
  }
}

package dev.enclave.azure.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/** A container app or a job of Azure Container Apps. */
public final class AzureContainerAppsDetector extends PlaceDetector {

  public AzureContainerAppsDetector() {
    super("azure-container-apps", Kind.WORKLOAD, "CONTAINER_APP_NAME", "CONTAINER_APP_REVISION");
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    Detection job =
        Detection.byVariables(
            environment, "CONTAINER_APP_JOB_NAME", "CONTAINER_APP_JOB_EXECUTION_NAME");
    return job instanceof Detection.Present ? job : either(super.detect(environment), job);
  }
}

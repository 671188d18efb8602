package dev.enclave.gcp.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/** A service of Cloud Run. Knative sets the same in a pod, which Cloud Run is not. */
public final class GcpCloudRunDetector implements EnvironmentDetector {

  @Override
  public String id() {
    return "gcp-cloud-run";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    Detection service = Detection.byVariables(environment, "K_SERVICE", "K_REVISION");
    return service instanceof Detection.Present
            && environment.variable("KUBERNETES_SERVICE_HOST").isPresent()
        ? new Detection.Inconclusive(
            "K_SERVICE and K_REVISION are set, but so is KUBERNETES_SERVICE_HOST: Knative")
        : service;
  }
}

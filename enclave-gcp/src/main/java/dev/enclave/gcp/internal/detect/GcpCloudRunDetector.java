package dev.enclave.gcp.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/** A service of Cloud Run. Knative sets the same in a pod, which Cloud Run is not. */
public final class GcpCloudRunDetector extends PlaceDetector {

  public GcpCloudRunDetector() {
    super("gcp-cloud-run", Kind.WORKLOAD, "K_SERVICE", "K_REVISION");
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    Detection service = super.detect(environment);
    return service instanceof Detection.Present
            && environment.variable("KUBERNETES_SERVICE_HOST").isPresent()
        ? new Detection.Inconclusive(
            "K_SERVICE and K_REVISION are set, but so is KUBERNETES_SERVICE_HOST: Knative")
        : service;
  }
}

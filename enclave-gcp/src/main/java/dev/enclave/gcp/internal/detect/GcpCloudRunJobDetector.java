package dev.enclave.gcp.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/** A job of Cloud Run. */
public final class GcpCloudRunJobDetector implements EnvironmentDetector {

  @Override
  public String id() {
    return "gcp-cloud-run-job";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return Detection.byVariables(environment, "CLOUD_RUN_JOB", "CLOUD_RUN_EXECUTION");
  }
}

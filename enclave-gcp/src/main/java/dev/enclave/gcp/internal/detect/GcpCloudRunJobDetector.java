package dev.enclave.gcp.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;

/** A job of Cloud Run. */
public final class GcpCloudRunJobDetector extends PlaceDetector {

  public GcpCloudRunJobDetector() {
    super("gcp-cloud-run-job", Kind.WORKLOAD, "CLOUD_RUN_JOB", "CLOUD_RUN_EXECUTION");
  }
}

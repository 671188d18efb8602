package dev.enclave.gcp.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;

/** App Engine, standard or flexible. */
public final class GcpAppEngineDetector extends PlaceDetector {

  public GcpAppEngineDetector() {
    super("gcp-app-engine", Kind.WORKLOAD, "GAE_SERVICE", "GAE_VERSION", "GAE_INSTANCE");
  }
}

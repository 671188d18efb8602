package dev.enclave.gcp.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/** App Engine, standard or flexible. */
public final class GcpAppEngineDetector implements EnvironmentDetector {

  @Override
  public String id() {
    return "gcp-app-engine";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return Detection.byVariables(environment, "GAE_SERVICE", "GAE_VERSION", "GAE_INSTANCE");
  }
}

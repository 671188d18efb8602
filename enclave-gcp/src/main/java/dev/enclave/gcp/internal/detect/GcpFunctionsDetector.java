package dev.enclave.gcp.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/**
 * A function of Cloud Run functions, first or second generation. The target alone is how the
 * functions framework is configured on a laptop.
 */
public final class GcpFunctionsDetector implements EnvironmentDetector {

  private static final String TARGET = "FUNCTION_TARGET";

  @Override
  public String id() {
    return "gcp-functions";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return environment.variable(TARGET).isEmpty()
        ? new Detection.Absent("not set: " + TARGET)
        : Detection.byVariables(environment, TARGET, "K_SERVICE");
  }
}

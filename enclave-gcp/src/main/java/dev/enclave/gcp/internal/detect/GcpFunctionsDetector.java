package dev.enclave.gcp.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/**
 * A function of Cloud Run functions, first or second generation. The target alone is how the
 * functions framework is configured on a laptop.
 */
public final class GcpFunctionsDetector extends PlaceDetector {

  public GcpFunctionsDetector() {
    super("gcp-functions", Kind.WORKLOAD, "FUNCTION_TARGET", "K_SERVICE");
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return ledByFirst(environment);
  }
}

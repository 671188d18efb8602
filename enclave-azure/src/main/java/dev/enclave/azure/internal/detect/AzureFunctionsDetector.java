package dev.enclave.azure.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/**
 * Azure Functions. Linux Consumption has no WEBSITE_INSTANCE_ID, so the site's name is what a
 * function shares with every plan.
 */
public final class AzureFunctionsDetector extends PlaceDetector {

  public AzureFunctionsDetector() {
    super("azure-functions", Kind.WORKLOAD, "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_SITE_NAME");
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return ledByFirst(environment);
  }
}

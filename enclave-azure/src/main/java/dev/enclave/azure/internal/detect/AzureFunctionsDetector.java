package dev.enclave.azure.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/**
 * Azure Functions. Linux Consumption has no WEBSITE_INSTANCE_ID, so the site's name is what a
 * function shares with every plan.
 */
public final class AzureFunctionsDetector implements EnvironmentDetector {

  private static final String VERSION = "FUNCTIONS_EXTENSION_VERSION";

  @Override
  public String id() {
    return "azure-functions";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return environment.variable(VERSION).isEmpty()
        ? new Detection.Absent("not set: " + VERSION)
        : Detection.byVariables(environment, VERSION, "WEBSITE_SITE_NAME");
  }
}

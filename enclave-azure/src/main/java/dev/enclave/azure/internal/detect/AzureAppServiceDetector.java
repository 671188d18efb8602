package dev.enclave.azure.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/** App Service, on Linux or Windows; a function has these variables too, on most plans. */
public final class AzureAppServiceDetector extends PlaceDetector {

  public AzureAppServiceDetector() {
    super("azure-app-service", Kind.WORKLOAD, "WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID");
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    Detection site = super.detect(environment);
    return site instanceof Detection.Absent && identityAlone(environment)
        ? new Detection.Inconclusive(
            "a managed identity's variables are set; not set: WEBSITE_SITE_NAME")
        : site;
  }

  /** What Container Apps and Arc set too, each with a variable of its own. */
  private static boolean identityAlone(EnvironmentSnapshot environment) {
    return !set(environment, "IDENTITY_HEADER", "IDENTITY_ENDPOINT").isEmpty()
        && set(environment, "CONTAINER_APP_NAME", "CONTAINER_APP_JOB_NAME", "IMDS_ENDPOINT")
            .isEmpty();
  }
}

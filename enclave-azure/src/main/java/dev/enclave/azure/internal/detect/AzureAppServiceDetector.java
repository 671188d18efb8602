package dev.enclave.azure.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/** App Service, on Linux or Windows; a function has these variables too, on most plans. */
public final class AzureAppServiceDetector implements EnvironmentDetector {

  @Override
  public String id() {
    return "azure-app-service";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    Detection site = Detection.byVariables(environment, "WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID");
    return site instanceof Detection.Absent && identityAlone(environment)
        ? new Detection.Inconclusive(
            "a managed identity's variables are set; not set: WEBSITE_SITE_NAME")
        : site;
  }

  /** What Container Apps and Arc set too, each with a variable of its own. */
  private static boolean identityAlone(EnvironmentSnapshot environment) {
    boolean identity =
        environment.variable("IDENTITY_HEADER").isPresent()
            || environment.variable("IDENTITY_ENDPOINT").isPresent();
    return identity
        && environment.variable("CONTAINER_APP_NAME").isEmpty()
        && environment.variable("CONTAINER_APP_JOB_NAME").isEmpty()
        && environment.variable("IMDS_ENDPOINT").isEmpty();
  }
}

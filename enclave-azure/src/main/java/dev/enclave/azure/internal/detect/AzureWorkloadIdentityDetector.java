package dev.enclave.azure.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/**
 * A pod with an Azure identity, on AKS or elsewhere. A pod without is seen as Kubernetes, on a
 * virtual machine of Azure. AZURE_CLIENT_ID and AZURE_TENANT_ID alone are what every developer's
 * tools use, and no marker.
 */
public final class AzureWorkloadIdentityDetector implements EnvironmentDetector {

  private static final String TOKEN = "AZURE_FEDERATED_TOKEN_FILE";

  @Override
  public String id() {
    return "azure-workload-identity";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return environment.variable(TOKEN).isEmpty()
        ? new Detection.Absent("not set: " + TOKEN)
        : Detection.byVariables(environment, TOKEN, "AZURE_CLIENT_ID", "AZURE_TENANT_ID");
  }
}

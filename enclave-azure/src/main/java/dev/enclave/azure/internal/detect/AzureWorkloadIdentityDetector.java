package dev.enclave.azure.internal.detect;

import dev.enclave.cloud.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/**
 * A pod with an Azure identity, on AKS or elsewhere. A pod without is seen as Kubernetes, on a
 * virtual machine of Azure. AZURE_CLIENT_ID and AZURE_TENANT_ID alone are what every developer's
 * tools use, and no marker.
 */
public final class AzureWorkloadIdentityDetector extends PlaceDetector {

  public AzureWorkloadIdentityDetector() {
    super(
        "azure-workload-identity",
        Kind.WORKLOAD,
        "AZURE_FEDERATED_TOKEN_FILE",
        "AZURE_CLIENT_ID",
        "AZURE_TENANT_ID");
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return ledByFirst(environment);
  }
}

package dev.enclave.azure.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod with an Azure identity, on AKS or elsewhere. A pod without is seen as Kubernetes, on a
 * virtual machine of Azure. AZURE_CLIENT_ID and AZURE_TENANT_ID alone are what every developer's
 * tools use, and no marker.
 */
public final class AzureWorkloadIdentityDetector extends PlaceDetector {

  private static final String TOKEN_PROXY = "AZURE_KUBERNETES_TOKEN_PROXY";

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
    Detection seen = ledByFirst(environment);
    if (seen instanceof Detection.Present present
        && environment.variable(TOKEN_PROXY).isPresent()) {
      List<String> evidence = new ArrayList<>(present.evidence());
      evidence.add(TOKEN_PROXY + " is set: an identity binding, which Enclave does not use");
      return new Detection.Present(evidence);
    }
    return seen;
  }
}

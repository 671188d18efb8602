package dev.enclave.azure.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.List;

/**
 * A server elsewhere that Azure Arc manages, by what the Azure SDKs look for: its agent's variables
 * or its agent.
 */
public final class AzureArcDetector extends PlaceDetector {

  private static final List<String> AGENTS =
      List.of(
          "/opt/azcmagent/bin/himds", "C:\\Program Files\\AzureConnectedMachineAgent\\himds.exe");

  public AzureArcDetector() {
    super("azure-arc", Kind.CLOUD_VM, "IMDS_ENDPOINT", "IDENTITY_ENDPOINT");
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    Detection agent = ledByFirst(environment);
    if (!(agent instanceof Detection.Absent)) {
      return agent;
    }
    return anyFile(environment, AGENTS) instanceof Detection.Present file
        ? file
        : new Detection.Absent("not set: IMDS_ENDPOINT; missing: " + String.join(", ", AGENTS));
  }
}

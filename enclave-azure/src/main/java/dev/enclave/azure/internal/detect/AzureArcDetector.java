package dev.enclave.azure.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.List;

/**
 * A server elsewhere that Azure Arc manages, by what the Azure SDKs look for: its agent's variables
 * or its agent.
 */
public final class AzureArcDetector implements EnvironmentDetector {

  private static final List<String> AGENTS =
      List.of(
          "/opt/azcmagent/bin/himds", "C:\\Program Files\\AzureConnectedMachineAgent\\himds.exe");

  @Override
  public String id() {
    return "azure-arc";
  }

  @Override
  public Kind kind() {
    return Kind.CLOUD_VM;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    if (environment.variable("IMDS_ENDPOINT").isPresent()) {
      return Detection.byVariables(environment, "IMDS_ENDPOINT", "IDENTITY_ENDPOINT");
    }
    for (String agent : AGENTS) {
      if (environment.exists(agent)) {
        return Detection.present(agent + " exists");
      }
    }
    return new Detection.Absent("not set: IMDS_ENDPOINT; missing: " + String.join(", ", AGENTS));
  }
}

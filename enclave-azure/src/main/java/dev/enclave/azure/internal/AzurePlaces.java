package dev.enclave.azure.internal;

import dev.enclave.spi.Detection;
import dev.enclave.spi.DetectionContext;
import java.util.ArrayList;
import java.util.List;

/** Whether this is a place for Azure Key Vault: settings name a vault. */
public final class AzurePlaces {

  /** The ids of this module's detectors. */
  private static final List<String> DETECTORS =
      List.of(
          "azure-app-service",
          "azure-functions",
          "azure-container-apps",
          "azure-workload-identity",
          "azure-arc",
          "azure-vm");

  private AzurePlaces() {}

  /**
   * Judges by settings, and by what the detectors found. No place of Azure's says which vault its
   * keys are to be in, so without that setting none is one for this backend.
   */
  public static Detection detect(DetectionContext context) {
    List<String> found = new ArrayList<>();
    List<String> doubts = new ArrayList<>();
    for (String detector : DETECTORS) {
      Detection said = context.place(detector);
      if (said instanceof Detection.Present present) {
        present.evidence().forEach(fact -> found.add(detector + ": " + fact));
      } else if (said instanceof Detection.Inconclusive inconclusive) {
        doubts.add(detector + ": " + inconclusive.reason());
      }
    }
    String setting = context.settings().fullName(AzureSettings.VAULT_URL);
    if (context.settings().get(AzureSettings.VAULT_URL).isPresent()) {
      found.add(setting + " is set");
      return new Detection.Present(found);
    }
    if (!found.isEmpty()) {
      return new Detection.Absent(
          "this is Azure (" + String.join("; ", found) + "), and " + setting + " is not set");
    }
    return doubts.isEmpty()
        ? new Detection.Absent("no place of Azure was recognised, and " + setting + " is not set")
        : new Detection.Inconclusive(String.join("; ", doubts));
  }
}

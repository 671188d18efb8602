package dev.enclave.azure.internal.settings;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether this is a place for Azure Key Vault: a place of Azure's own, or settings that trust
 * somebody's own server, and a vault is named. Not the vault alone, which must be named wherever
 * the application runs: one configuration may name it and lead to another cloud in another place.
 */
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
   * Judges by what the detectors found, and by settings. No place of Azure's says which vault its
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
    String trusted = AzureSettings.ALLOWED_ENDPOINTS;
    if (context.settings().get(trusted).isPresent()) {
      found.add(context.settings().fullName(trusted) + " is set");
    }
    return judged(found, doubts, context);
  }

  private static Detection judged(
      List<String> found, List<String> doubts, DetectionContext context) {
    String vault = context.settings().fullName(AzureSettings.VAULT_URL);
    boolean named = context.settings().get(AzureSettings.VAULT_URL).isPresent();
    if (found.isEmpty()) {
      return doubts.isEmpty()
          ? new Detection.Absent(
              "no place of Azure was recognised" + (named ? "" : ", and " + vault + " is not set"))
          : new Detection.Inconclusive(String.join("; ", doubts));
    }
    if (!named) {
      return new Detection.Absent(
          "this is Azure (" + String.join("; ", found) + "), and " + vault + " is not set");
    }
    found.add(vault + " is set");
    return new Detection.Present(found);
  }
}

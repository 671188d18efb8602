package dev.enclave.azure.internal;

import static dev.enclave.kit.Failures.misconfigured;

import dev.enclave.azure.internal.settings.AzureRegions;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.Optional;

/**
 * Whether everybody sees what others wrote just now. A managed HSM in two regions shows a write of
 * the other one minutes later, so that what is decided by such writes is refused there.
 */
public record OneRegion(AzureCalls calls, AzureSettings settings) {

  void require(String doing) throws BackendFailure {
    String setting = settings.fullName(AzureSettings.REGIONS);
    Optional<String> two = two();
    if (two.isPresent()) {
      throw several(doing, "regions " + two.get());
    }
    if (settings.regions() == AzureRegions.SEVERAL) {
      throw several(
          doing, "setting " + setting + " says that the managed HSM is in several regions");
    }
    if (settings.regions() == AzureRegions.UNSAID && calls.endpoint().managedHsm()) {
      throw misconfigured(
          "%s was refused: setting %s is missing, and a managed HSM may be in several regions, of"
                  .formatted(doing, setting)
              + " which each shows a write of the other up to six minutes later.",
          "Set it to one if az keyvault region list shows one region, else to several.");
    }
  }

  private static BackendFailure several(String doing, String observed) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "%s was refused: %s, and each shows a write of the other up to six minutes later, so that"
                .formatted(doing, observed)
            + " two processes could each make the version that counts. Keys that are there sign.",
        "Create and rotate keys while the managed HSM is in one region.");
  }

  private Optional<String> two() {
    return calls
        .twoRegions()
        .filter(two -> calls.endpoint().managedHsm())
        .map(two -> two + " of the managed HSM answered");
  }

  /**
   * What of the regions keeps keys from being created and rotated, and was not said: whoever wrote
   * {@link AzureRegions#SEVERAL} knows.
   */
  public Optional<Finding> finding() {
    String setting = settings.fullName(AzureSettings.REGIONS);
    if (settings.regions() == AzureRegions.UNSAID && calls.endpoint().managedHsm()) {
      return Optional.of(
          Finding.of(
              Severity.WARNING,
              ErrorCode.CONFIGURATION_MISSING,
              "Setting "
                  + setting
                  + " is missing, so no key is created or rotated in this managed HSM: in two"
                  + " regions, two processes could each make the version that counts",
              "Set it to one if az keyvault region list shows one region, else to several"));
    }
    return two()
        .filter(two -> settings.regions() == AzureRegions.ONE)
        .map(
            two ->
                Finding.of(
                    Severity.WARNING,
                    ErrorCode.UNSUPPORTED_OPERATION,
                    "Regions "
                        + two
                        + ", and "
                        + setting
                        + " says that there is one: no key is created or rotated",
                    "Set it to several, or create and rotate keys while there is one region"));
  }
}

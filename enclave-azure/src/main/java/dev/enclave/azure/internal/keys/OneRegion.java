package dev.enclave.azure.internal.keys;

import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.settings.AzureRegions;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
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
      throw AzureRefusals.severalRegions(doing, "regions " + two.get());
    }
    if (settings.regions() == AzureRegions.SEVERAL) {
      throw AzureRefusals.severalRegions(
          doing, "setting " + setting + " says that the managed HSM is in several regions");
    }
    if (settings.regions() == AzureRegions.UNSAID && calls.endpoint().managedHsm()) {
      throw AzureRefusals.regionsUnsaid(doing, setting);
    }
  }

  private Optional<String> two() {
    return calls
        .regions()
        .two()
        .filter(two -> calls.endpoint().managedHsm())
        .map(two -> two.one() + " and " + two.other() + " of the managed HSM answered");
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

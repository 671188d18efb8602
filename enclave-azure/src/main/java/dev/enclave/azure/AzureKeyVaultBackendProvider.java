package dev.enclave.azure;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.azure.internal.AzureAccessPolicy;
import dev.enclave.azure.internal.AzureKeyVaultBackend;
import dev.enclave.azure.internal.AzureSessions;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.AccessPolicyWriter;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.ConformanceSupport;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/**
 * Opens the Azure Key Vault backend: keys of one vault or managed HSM, which never leave it.
 *
 * <p>In PRODUCTION and STAGING with a managed identity or a workload identity alone, and at
 * Microsoft's own addresses. The Azure SDK looks for nothing by itself: address and identity come
 * from {@code enclave.azure-keyvault.*} and from the environment snapshot. Thread-safe.
 */
public final class AzureKeyVaultBackendProvider
    implements BackendProvider, AccessPolicyWriter, ConformanceSupport {

  @Override
  public BackendId id() {
    return BackendId.AZURE_KEYVAULT;
  }

  @Override
  public List<SettingSpec> settings() {
    return AzureSettings.SPECS;
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return AzureSettings.PLACES.detect(context);
  }

  @Override
  public AccessPolicy accessPolicy(BackendContext context) throws BackendFailure {
    return AzureAccessPolicy.of(context);
  }

  /**
   * What a run of the contracts needs, counted by the journal of our own server; a test compares.
   * Races depend on the machine: 265 versions are made without them, three of them to reinstate
   * one, and twelve racers and the key that is rotated make 13 at most. Prices:
   * azure.microsoft.com/pricing/details/key-vault, read in November 2026: a dollar a month for an
   * RSA key of 2048 bits in an HSM, five for others, if it was used in the last 30 days; 3 or 15
   * cents for 10,000 requests.
   */
  @Override
  public Estimate estimate() {
    return Estimate.of(278, 3600, Texts.ESTIMATE.with());
  }

  @Override
  public BareKeys bareKeys(BackendContext context) throws BackendFailure {
    return AzureKeyVaultBackend.bareKeys(AzureSessions.open(context));
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return AzureKeyVaultBackend.over(AzureSessions.open(context), context);
  }
}

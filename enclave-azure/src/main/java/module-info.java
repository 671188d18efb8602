/**
 * Keys in Azure Key Vault and Managed HSM, and what recognises the places of Microsoft Azure. Found
 * by {@link java.util.ServiceLoader}.
 */
module dev.enclave.azure {
  requires transitive dev.enclave.api;
  requires com.azure.core;
  requires com.azure.identity;
  requires com.azure.security.keyvault.keys;
  requires com.fasterxml.jackson.core;
  requires dev.enclave.kit;
  requires dev.enclave.crypto;
  requires java.net.http;
  requires static org.jspecify;

  exports dev.enclave.azure;

  provides dev.enclave.spi.backend.BackendProvider with
      dev.enclave.azure.AzureKeyVaultBackendProvider;
  provides dev.enclave.spi.detection.EnvironmentDetector with
      dev.enclave.azure.internal.detect.AzureAppServiceDetector,
      dev.enclave.azure.internal.detect.AzureFunctionsDetector,
      dev.enclave.azure.internal.detect.AzureContainerAppsDetector,
      dev.enclave.azure.internal.detect.AzureWorkloadIdentityDetector,
      dev.enclave.azure.internal.detect.AzureArcDetector,
      dev.enclave.azure.internal.detect.AzureVmDetector;
}

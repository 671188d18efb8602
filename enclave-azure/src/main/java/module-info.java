/**
 * Keys in Azure Key Vault and Managed HSM, and what recognises the places of Microsoft Azure. Found
 * by {@link java.util.ServiceLoader}.
 */
module dev.enclave.azure {
  requires transitive dev.enclave.api;
  requires com.azure.core;
  requires com.azure.identity;
  requires com.azure.security.keyvault.keys;
  requires dev.enclave.kit;
  requires dev.enclave.crypto;
  requires java.net.http;
  requires static org.jspecify;

  exports dev.enclave.azure;

  provides dev.enclave.spi.backend.BackendProvider with
      dev.enclave.azure.AzureKeyVaultBackendProvider;
  provides dev.enclave.spi.detection.EnvironmentDetectors with
      dev.enclave.azure.internal.detect.AzureDetectors;
}

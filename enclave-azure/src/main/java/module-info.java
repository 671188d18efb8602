/**
 * Recognises the places of Microsoft Azure. Exports nothing: found by {@link
 * java.util.ServiceLoader}.
 */
module dev.enclave.azure {
  requires dev.enclave.api;
  requires static org.jspecify;

  provides dev.enclave.spi.EnvironmentDetector with
      dev.enclave.azure.internal.AzureAppServiceDetector,
      dev.enclave.azure.internal.AzureFunctionsDetector,
      dev.enclave.azure.internal.AzureContainerAppsDetector,
      dev.enclave.azure.internal.AzureWorkloadIdentityDetector,
      dev.enclave.azure.internal.AzureArcDetector,
      dev.enclave.azure.internal.AzureVmDetector;
}

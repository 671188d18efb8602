package dev.enclave.azure.internal;

import dev.enclave.cloud.WireLogs;
import dev.enclave.spi.EnvironmentSnapshot;

/**
 * What is written of requests to the vault: by Java's HTTP client alone. The Azure SDK logs none,
 * whatever AZURE_HTTP_LOG_DETAIL_LEVEL says, since its clients are told not to.
 */
final class AzureLogs {

  private AzureLogs() {}

  static WireLogs of(EnvironmentSnapshot snapshot) {
    return new WireLogs("Azure Key Vault").jdk(snapshot);
  }
}

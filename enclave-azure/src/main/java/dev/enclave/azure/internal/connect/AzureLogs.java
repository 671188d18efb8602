package dev.enclave.azure.internal.connect;

import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/**
 * What is written of requests to the vault: by Java's HTTP client alone. The Azure SDK logs none,
 * whatever AZURE_HTTP_LOG_DETAIL_LEVEL says, since its clients are told not to.
 */
public final class AzureLogs {

  private AzureLogs() {}

  public static WireLogs of(EnvironmentSnapshot snapshot) {
    return new WireLogs("Azure Key Vault").jdk(snapshot);
  }
}

package dev.enclave.azure.internal;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.campaign.bench.FullConnections;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More callers than requests may be under way: those who wait say nothing of the vault. */
@Timeout(120)
class LocalLoadTest {

  private final FaultInjector injector = new FaultInjector();

  @Test
  void waitingForAConnection_isNoOutage() throws Exception {
    try (AzureKeyVaultServer server = KeyVaults.server().faults(injector).start();
        Enclave enclave = open(server);
        FullConnections full = new FullConnections(injector, 4)) {
      full.requireNoOutage(enclave, "none of the 4 requests", "enclave.azure-keyvault.connections");
    }
  }

  private static Enclave open(AzureKeyVaultServer server) {
    Map<String, String> settings = Engines.settings(server);
    settings.put("enclave.azure-keyvault.connections", "4");
    return EnclaveFactory.builder()
        .discovery(false)
        .with(Engines.pod(server))
        .with(new AzureKeyVaultBackendProvider())
        .with(new RecordingAuditSink())
        .config(new ConfigSource("test", settings))
        .open();
  }
}

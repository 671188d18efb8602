package dev.enclave.azure.internal;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.Map;
import java.util.TreeMap;

/** The whole of Enclave beside our own server, as a pod of AKS with a workload identity. */
final class Engines {

  static final String TOKEN = "/var/run/secrets/azure/tokens/azure-identity-token";

  private Engines() {}

  static Map<String, String> settings(AzureKeyVaultServer server) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("enclave.environment", "development");
    settings.put("enclave.backend", "azure-keyvault");
    settings.put("enclave.azure-keyvault.vault-url", server.vaultUrl().toString());
    settings.put(
        "enclave.azure-keyvault.allowed-endpoints",
        server.vaultUrl() + "," + origin(server.authorityHost().toString()));
    settings.put("enclave.azure-keyvault.trusted-certificate", KeyVaults.CERTIFICATE);
    return settings;
  }

  private static String origin(String url) {
    return url.replaceFirst("^(https://[^/]*).*", "$1");
  }

  /** A pod: what AKS sets. */
  static FakeEnvironment pod(AzureKeyVaultServer server) {
    return KeyVaults.machine(server)
        .withFile(TOKEN, server.federatedToken())
        .withVariable("AZURE_FEDERATED_TOKEN_FILE", TOKEN)
        .withVariable("AZURE_CLIENT_ID", server.clientId())
        .withVariable("AZURE_TENANT_ID", server.tenant())
        .withVariable("AZURE_AUTHORITY_HOST", origin(server.authorityHost().toString()) + "/");
  }

  static EnclaveFactory.Builder builder(
      AzureKeyVaultServer server, TimeSource time, AuditSink audit) {
    return builder(server, time, settings(server)).with(audit);
  }

  static EnclaveFactory.Builder builder(
      AzureKeyVaultServer server, TimeSource time, Map<String, String> settings) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(pod(server))
        .with(new AzureKeyVaultBackendProvider())
        .with(time)
        .config(new ConfigSource("test", settings));
  }

  static Enclave open(AzureKeyVaultServer server, TimeSource time) {
    return builder(server, time, new RecordingAuditSink()).open();
  }
}

package dev.enclave.benchmarks.cloud;

import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.rival.Rival;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.spi.backend.BackendProvider;
import java.util.Map;

/** Azure Key Vault: a vault of the premium tier, by a workload identity. */
final class AzureCloud implements RemoteCloud {

  static final String VAULT_URL = "enclave.azure-keyvault.vault-url";
  static final String CLIENT = "AZURE_CLIENT_ID";
  static final String TENANT = "AZURE_TENANT_ID";
  static final String AUTHORITY = "AZURE_AUTHORITY_HOST";
  static final String CERTIFICATE = "/etc/wallet/vault.pem";
  static final String TOKEN = "/var/run/secrets/azure/tokens/azure-identity-token";

  @Override
  public String id() {
    return "azure-keyvault";
  }

  @Override
  public String title() {
    return "Azure Key Vault";
  }

  @Override
  public BackendProvider provider() {
    return new AzureKeyVaultBackendProvider();
  }

  @Override
  public Server serve(FaultInjector faults) {
    return new Served(AzureKeyVaultServer.builder().faults(faults).start());
  }

  @Override
  public Rival client(Address address) throws Exception {
    return AzureSdkRival.open(address);
  }

  private record Served(AzureKeyVaultServer server) implements Server {

    @Override
    public Address address() {
      String vault = server.vaultUrl().toString();
      return new Address(
          Map.of(
              "enclave.environment",
              "development",
              "enclave.backend",
              "azure-keyvault",
              VAULT_URL,
              vault,
              "enclave.azure-keyvault.allowed-endpoints",
              vault,
              "enclave.azure-keyvault.trusted-certificate",
              CERTIFICATE),
          Map.of(
              "AZURE_FEDERATED_TOKEN_FILE",
              TOKEN,
              CLIENT,
              server.clientId(),
              TENANT,
              server.tenant(),
              AUTHORITY,
              server.authorityHost().toString()),
          Map.of(CERTIFICATE, server.certificatePem(), TOKEN, server.federatedToken()));
    }

    @Override
    public void close() {
      server.close();
    }
  }
}

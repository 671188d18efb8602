package dev.enclave.azure.campaign;

import dev.enclave.KeyAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.cloud.Faults;
import dev.enclave.campaign.cloud.Requests;
import dev.enclave.campaign.cloud.Scenario;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.backend.BackendProvider;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A premium vault of Azure Key Vault, by our own server, with a workload identity. */
public final class AzureUnderTest implements CloudUnderTest {

  static final String VAULT_URL = "enclave.azure-keyvault.vault-url";
  static final String CERTIFICATE = "/etc/wallet/vault.pem";
  static final String TOKEN_FILE = "/var/run/secrets/azure/tokens/azure-identity-token";
  static final String CLIENT = "AZURE_CLIENT_ID";
  static final String TENANT = "AZURE_TENANT_ID";
  static final String AUTHORITY = "AZURE_AUTHORITY_HOST";

  /** What Enclave may send to the vault and for its tokens. */
  public static final Requests REQUESTS =
      new Requests(
          Set.of(
              "GetKey",
              "GetKeyVersions",
              "GetKeyAttestation",
              "GetDeletedKey",
              "Challenge",
              "Token",
              "InstanceMetadataToken"),
          Set.of("GetKeys"),
          List.of("CreateKey"),
          "Sign",
          Set.of("ImportKey", "UpdateKey", "DeleteKey", "UnwrapKey"));

  @Override
  public BackendProvider provider() {
    return new AzureKeyVaultBackendProvider();
  }

  @Override
  public CloudServer start(FaultInjector faults, InstantSource clock) {
    return new Server(
        AzureKeyVaultServer.builder()
            .faults(faults)
            .clock(clock)
            // Clients keep tokens by clocks that skip less than the server's.
            .anyTokenTime()
            .start());
  }

  @Override
  public CloudAccount account(Deployment deployment) {
    return new AzureAccount(deployment);
  }

  @Override
  public Requests requests() {
    return REQUESTS;
  }

  @Override
  public List<Fault> faults(String operation) {
    if (operation.equals(REQUESTS.sign())) {
      return Faults.ofAnyRequestAndWrong(
          "another-key", "flipped-bit", "another-key-id", "another-version");
    }
    return operation.equals("UnwrapKey")
        ? Faults.ofAnyRequestAndWrong("flipped-bit", "another-key-id", "another-version")
        : Faults.OF_ANY_REQUEST;
  }

  /** A throttled request is to come again in ten seconds; a signature has five. */
  @Override
  public boolean throttlingOutlastsCalls() {
    return true;
  }

  /** java.net.http sends a GET again whose connection broke: see docs/azure.md, Requests. */
  @Override
  public int requestsOfARead() {
    return 2;
  }

  /** The vault has no algorithm that hashes messages itself. */
  @Override
  public Set<Scenario> scenarios() {
    return EnumSet.complementOf(EnumSet.of(Scenario.SIGN_A_MESSAGE));
  }

  /** AES keys are a managed HSM's. */
  @Override
  public KeyAlgorithm algorithm(Scenario scenario) {
    return scenario.algorithm() == WrappingAlgorithm.AES_256_GCM
        ? WrappingAlgorithm.RSA_OAEP_3072_SHA256
        : scenario.algorithm();
  }

  /** A creation looks for its own version before it makes one, and switches off one that lost. */
  @Override
  public boolean leavesOrphans() {
    return false;
  }

  private record Server(AzureKeyVaultServer server) implements CloudServer {

    @Override
    public Deployment deployment() {
      return new Deployment(
          Map.of(
              "enclave.environment",
              "development",
              "enclave.backend",
              "azure-keyvault",
              VAULT_URL,
              server.vaultUrl().toString(),
              "enclave.azure-keyvault.allowed-endpoints",
              server.vaultUrl().toString(),
              "enclave.azure-keyvault.trusted-certificate",
              CERTIFICATE),
          Map.of(
              "AZURE_FEDERATED_TOKEN_FILE",
              TOKEN_FILE,
              CLIENT,
              server.clientId(),
              TENANT,
              server.tenant(),
              AUTHORITY,
              server.authorityHost().toString()),
          Map.of(CERTIFICATE, server.certificatePem(), TOKEN_FILE, server.federatedToken()));
    }

    @Override
    public List<JournalEntry> journal() {
      return server.journal().entries();
    }

    @Override
    public void close() {
      server.close();
    }
  }
}

package dev.enclave.kubernetes.campaign;

import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.campaign.cloud.Requests;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.spi.backend.BackendProvider;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** With a key-encryption key in a premium vault of Azure Key Vault, by our own server. */
public final class KekOnAzure extends KubernetesUnderTest {

  @Override
  Optional<KekServer> kek(FaultInjector faults, InstantSource clock) {
    return Optional.of(Keks.onAzure(faults, clock));
  }

  @Override
  public List<BackendProvider> others() {
    return List.of(new AzureKeyVaultBackendProvider());
  }

  @Override
  public boolean throttlingOutlastsCalls() {
    return true;
  }

  @Override
  public Requests requests() {
    return REQUESTS.and(
        Set.of("GetKey", "GetKeyVersions", "Challenge", "Token", "InstanceMetadataToken"),
        Set.of("UnwrapKey"));
  }
}

package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.cloud.Requests;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.vault.VaultBackendProvider;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** With a key-encryption key in an OpenBao of two nodes, by our own server. */
public final class KekOnVault extends KubernetesUnderTest {

  @Override
  Optional<KekServer> kek(FaultInjector faults, InstantSource clock) {
    return Optional.of(Keks.onVault(faults, clock));
  }

  @Override
  public List<BackendProvider> others() {
    return List.of(new VaultBackendProvider());
  }

  @Override
  public Requests requests() {
    return REQUESTS.and(
        Set.of(
            "auth/kubernetes/login",
            "auth/token/lookup-self",
            "auth/token/renew-self",
            "auth/token/revoke-self",
            "kv/data:read",
            "sys/capabilities-self",
            "sys/health",
            "sys/seal-status",
            "transit/keys:read"),
        Set.of("transit/encrypt", "transit/decrypt"));
  }
}

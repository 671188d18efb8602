package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.cloud.Requests;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.gcp.GcpKmsBackendProvider;
import dev.enclave.spi.backend.BackendProvider;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** With a key-encryption key in Google Cloud KMS, by our own server. */
public final class KekOnGoogle extends KubernetesUnderTest {

  @Override
  Optional<KekServer> kek(FaultInjector faults, InstantSource clock) {
    return Optional.of(Keks.onGoogle(faults, clock));
  }

  @Override
  public List<BackendProvider> others() {
    return List.of(new GcpKmsBackendProvider());
  }

  @Override
  public Requests requests() {
    return REQUESTS.and(
        Set.of(
            "GetCryptoKey", "GetCryptoKeyVersion", "ListCryptoKeyVersions", "TestIamPermissions"),
        Set.of("Encrypt", "Decrypt"));
  }
}

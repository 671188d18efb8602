package dev.enclave.kubernetes.campaign;

import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.campaign.cloud.Requests;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.spi.backend.BackendProvider;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** With a key-encryption key in AWS KMS, by our own server. */
public final class KekOnAws extends KubernetesUnderTest {

  @Override
  Optional<KekServer> kek(FaultInjector faults, InstantSource clock) {
    return Optional.of(Keks.onAws(faults));
  }

  @Override
  public List<BackendProvider> others() {
    return List.of(new AwsKmsBackendProvider());
  }

  @Override
  public Requests requests() {
    return REQUESTS.and(
        Set.of("DescribeKey", "ListResourceTags", "GetCallerIdentity"),
        Set.of("Encrypt", "Decrypt"));
  }
}

package dev.enclave.kubernetes.internal.backend;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.LentKek;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.contract.BackendContract;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole backend, under a key of another backend. */
@ExtendWith(SharedApiServer.class)
class SealedContractTest implements BackendContract {

  static final Set<BackendTrait> TRAITS =
      Set.of(
          BackendTrait.REMOTE,
          BackendTrait.USES_KEYS_IN_PROCESS,
          BackendTrait.PERSISTENT,
          BackendTrait.COMPARE_AND_SET,
          BackendTrait.STAMPS,
          BackendTrait.KEEPS_PUBLIC_KEYS,
          BackendTrait.CREATES,
          BackendTrait.SIGNS,
          BackendTrait.LISTS,
          BackendTrait.ROTATES,
          BackendTrait.CHANGES_STATE,
          BackendTrait.WRAPS,
          BackendTrait.EXPORTS,
          BackendTrait.IMPORTS,
          BackendTrait.REWRAPS,
          BackendTrait.PROBES_PERMISSIONS);

  private final BackendHarness harness;

  SealedContractTest(ApiServer server) {
    KubernetesBackendProvider provider = new KubernetesBackendProvider();
    LentKek kek = new LentKek("kek", Assurance.HSM);
    harness =
        BackendHarness.of(
                provider,
                Pod.in(server).context(EnvironmentType.DEVELOPMENT, Map.of("kek", "hsm:kek")))
            .opening(context -> provider.open(context.lending(kek)))
            .expecting(TRAITS);
  }

  @Override
  public BackendHarness harness() {
    return harness;
  }
}

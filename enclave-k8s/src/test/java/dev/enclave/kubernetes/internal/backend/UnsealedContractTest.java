package dev.enclave.kubernetes.internal.backend;

import dev.enclave.EnvironmentType;
import dev.enclave.campaign.kubernetes.KubeApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole backend in LOCAL, without a key-encryption key. */
@Tag("needs-kube-apiserver")
@ExtendWith(SharedApiServer.class)
@ConformanceRecord(
    backend = "kubernetes",
    against = RanAgainst.REAL,
    what = "kube-apiserver; without a KEK, in LOCAL")
@Tag("full")
class UnsealedContractTest implements BackendContract {

  private final BackendHarness harness;

  UnsealedContractTest(KubeApiServer server) {
    harness =
        BackendHarness.of(
                new KubernetesBackendProvider(),
                Pod.in(server).context(EnvironmentType.LOCAL, Map.of()))
            .expecting(withoutKek());
  }

  /** What nothing wraps is not wrapped anew. */
  private static Set<BackendTrait> withoutKek() {
    Set<BackendTrait> traits = EnumSet.copyOf(SealedContractTest.TRAITS);
    traits.remove(BackendTrait.REWRAPS);
    return traits;
  }

  @Override
  public BackendHarness harness() {
    return harness;
  }
}

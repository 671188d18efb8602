package dev.enclave.kubernetes.internal.backend;

import dev.enclave.EnvironmentType;
import dev.enclave.campaign.kubernetes.KubeApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.campaign.EngineKek;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.contract.BackendContract;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The whole backend under a key of another backend: one key for all tests of a class, and a
 * namespace for each test.
 */
@Tag("needs-kube-apiserver")
@Tag("full")
@ExtendWith(SharedApiServer.class)
abstract class KekContract implements BackendContract {

  @SuppressWarnings("NullAway.Init") // lent before the first test
  private static EngineKek kek;

  private final BackendHarness harness;

  KekContract(KubeApiServer server) {
    harness =
        BackendHarness.of(
                new KubernetesBackendProvider(),
                Pod.in(server)
                    .context(
                        EnvironmentType.DEVELOPMENT,
                        Map.of("kek", kek.handle().backend() + ":" + kek.handle().name()))
                    .lending(kek))
            .expecting(SealedContractTest.TRAITS);
  }

  /** What the tests of a class run under; closed after the last of them. */
  static void lend(EngineKek lent) {
    kek = lent;
  }

  @AfterAll
  static void stop() {
    kek.close();
  }

  @Override
  public final BackendHarness harness() {
    return harness;
  }
}

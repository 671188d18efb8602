package dev.enclave.kubernetes.internal.backend;

import dev.enclave.EnvironmentType;
import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.kubernetes.KubernetesBackendProvider;
import dev.enclave.kubernetes.campaign.EngineKek;
import dev.enclave.kubernetes.campaign.Keks;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import dev.enclave.testkit.contract.BackendHarness;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole backend under a key of a premium vault of Azure Key Vault, by our own server. */
@Tag("needs-kube-apiserver")
@Tag("exhaustive")
@ExtendWith(SharedApiServer.class)
@ConformanceRecord(
    backend = "kubernetes",
    against = RanAgainst.REAL,
    what = "kube-apiserver 1.20.2; KEK on our Azure Key Vault server")
class KekOnAzureContractTest implements BackendContract {

  private static EngineKek kek;

  private final BackendHarness harness;

  KekOnAzureContractTest(ApiServer server) {
    harness =
        BackendHarness.of(
                new KubernetesBackendProvider(),
                Pod.in(server)
                    .context(
                        EnvironmentType.DEVELOPMENT, Map.of("kek", "azure-keyvault:payments-kek"))
                    .lending(kek))
            .expecting(SealedContractTest.TRAITS);
  }

  @BeforeAll
  static void start() {
    kek =
        new EngineKek(
            Keks.onAzure(new FaultInjector(), InstantSource.system()),
            new AzureKeyVaultBackendProvider());
  }

  @AfterAll
  static void stop() {
    kek.close();
  }

  @Override
  public BackendHarness harness() {
    return harness;
  }
}

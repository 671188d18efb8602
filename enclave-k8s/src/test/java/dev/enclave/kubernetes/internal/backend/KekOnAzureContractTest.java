package dev.enclave.kubernetes.internal.backend;

import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.campaign.kubernetes.KubeApiServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.kubernetes.campaign.EngineKek;
import dev.enclave.kubernetes.campaign.Keks;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeAll;

/** The whole backend under a key of a premium vault of Azure Key Vault, by our own server. */
@ConformanceRecord(
    backend = "kubernetes",
    against = RanAgainst.REAL,
    what = "kube-apiserver; KEK on our Azure Key Vault server")
class KekOnAzureContractTest extends KekContract {

  KekOnAzureContractTest(KubeApiServer server) {
    super(server);
  }

  @BeforeAll
  static void start() {
    lend(
        new EngineKek(
            Keks.onAzure(new FaultInjector(), InstantSource.system()),
            new AzureKeyVaultBackendProvider()));
  }
}

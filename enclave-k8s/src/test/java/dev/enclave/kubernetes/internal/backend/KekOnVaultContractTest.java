package dev.enclave.kubernetes.internal.backend;

import dev.enclave.campaign.kubernetes.KubeApiServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.kubernetes.campaign.EngineKek;
import dev.enclave.kubernetes.campaign.Keks;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.vault.VaultBackendProvider;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeAll;

/** The whole backend under a key of an OpenBao, by our own server. */
@ConformanceRecord(
    backend = "kubernetes",
    against = RanAgainst.REAL,
    what = "kube-apiserver; KEK on our OpenBao server")
class KekOnVaultContractTest extends KekContract {

  KekOnVaultContractTest(KubeApiServer server) {
    super(server);
  }

  @BeforeAll
  static void start() {
    lend(
        new EngineKek(
            Keks.onVault(new FaultInjector(), InstantSource.system()), new VaultBackendProvider()));
  }
}

package dev.enclave.kubernetes.internal.backend;

import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.campaign.kubernetes.KubeApiServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.kubernetes.campaign.EngineKek;
import dev.enclave.kubernetes.campaign.Keks;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import org.junit.jupiter.api.BeforeAll;

/** The whole backend under a key of AWS KMS, by our own server. */
@ConformanceRecord(
    backend = "kubernetes",
    against = RanAgainst.REAL,
    what = "kube-apiserver; KEK on our AWS KMS server")
class KekOnAwsContractTest extends KekContract {

  KekOnAwsContractTest(KubeApiServer server) {
    super(server);
  }

  @BeforeAll
  static void start() {
    lend(new EngineKek(Keks.onAws(new FaultInjector()), new AwsKmsBackendProvider()));
  }
}

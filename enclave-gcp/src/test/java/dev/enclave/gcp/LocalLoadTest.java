package dev.enclave.gcp;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.campaign.bench.FullConnections;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More callers than the connections carry: those who wait say nothing of Cloud KMS. */
@Timeout(120)
class LocalLoadTest {

  private final FaultInjector injector = new FaultInjector();

  @Test
  void waitingForAConnection_isNoOutage() throws Exception {
    try (GcpKmsServer server =
            GcpKmsServer.builder()
                .keyRing("wallet")
                .callsPerConnection(2)
                .faults(injector)
                .start();
        Enclave enclave = open(server);
        FullConnections full = new FullConnections(injector, 4)) {
      full.requireNoOutage(enclave, "as many requests as Google", "enclave.gcp-kms.connections");
    }
  }

  private static Enclave open(GcpKmsServer server) {
    String endpoint = "http://" + server.target();
    return EnclaveFactory.builder()
        .discovery(false)
        .with(new GcpKmsBackendProvider())
        .with(FakeEnvironment.empty())
        .with(new RecordingAuditSink())
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment",
                    "development",
                    "enclave.backend",
                    "gcp-kms",
                    "enclave.gcp-kms.key-ring",
                    server.locationName() + "/keyRings/wallet",
                    "enclave.gcp-kms.endpoint",
                    endpoint,
                    "enclave.gcp-kms.allowed-endpoints",
                    endpoint,
                    "enclave.gcp-kms.access-token",
                    server.accessToken(),
                    "enclave.gcp-kms.connections",
                    "2")))
        .open();
  }
}

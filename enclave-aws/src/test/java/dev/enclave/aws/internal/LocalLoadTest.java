package dev.enclave.aws.internal;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.campaign.bench.FullConnections;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More callers than connections: those who wait say nothing of KMS. */
@Timeout(120)
class LocalLoadTest {

  private final FaultInjector injector = new FaultInjector();

  @Test
  void waitingForAConnection_isNoOutage() throws Exception {
    try (AwsKmsServer server = AwsKmsServer.builder().faults(injector).start();
        Enclave enclave = open(server);
        FullConnections full = new FullConnections(injector, 4)) {
      full.requireNoOutage(
          enclave, "none of this process's 4 connections was free", "enclave.aws-kms.connections");
    }
  }

  private static Enclave open(AwsKmsServer server) {
    Map<String, String> settings =
        new HashMap<>(Openings.settings(server, server.credentials().secretAccessKey()));
    settings.put("enclave.aws-kms.connections", "4");
    return EnclaveFactory.builder()
        .discovery(false)
        .with(new AwsKmsBackendProvider())
        .with(FakeEnvironment.empty())
        .with(new RecordingAuditSink())
        .config(new ConfigSource("test", settings))
        .open();
  }
}

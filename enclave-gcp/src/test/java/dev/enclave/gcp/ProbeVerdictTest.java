package dev.enclave.gcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.admin.KeyVersionState;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.gcp.internal.access.GcpPermissions;
import dev.enclave.startup.EnclaveFactory;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code doctor --probe} is ready where everything is granted, and nowhere else. */
class ProbeVerdictTest {

  private final GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start();
  private final Map<String, String> settings =
      new HashMap<>(
          Map.of(
              "enclave.environment", "development",
              "enclave.backend", "gcp-kms",
              "enclave.gcp-kms.key-ring", server.keyRingName("wallet"),
              "enclave.gcp-kms.endpoint", "http://" + server.target(),
              "enclave.gcp-kms.allowed-endpoints", "http://" + server.target(),
              "enclave.gcp-kms.access-token", server.accessToken()));
}

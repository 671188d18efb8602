package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start gets over what passes, by the engine's own attempts: the backend makes one. */
class OpeningTest {

  private final FaultInjector faults = new FaultInjector();
  private final AwsKmsServer server = AwsKmsServer.builder().faults(faults).start();

  @AfterEach
  void stop() {
    server.close();
  }

  private Enclave open() {
    return open(server.credentials().secretAccessKey());
  }

  private Enclave open(String secret) {
    return open(Openings.settings(server, secret));
  }

  private Enclave open(Map<String, String> settings) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new AwsKmsBackendProvider())
        // Requests are signed by the machine's clock; only pauses are not waited for.
        .with(new MutableClock(Instant.now()))
        .with(new RecordingAuditSink())
        .config(new ConfigSource("test", settings))
        .open();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GetCallerIdentity 1: reset-before",
        "GetCallerIdentity 1-7: reset-after",
        "GetCallerIdentity 1: truncated 10",
        "GetCallerIdentity 1-7: unavailable",
        "GetCallerIdentity 1-2: internal-error",
        "GetCallerIdentity 1-2: throttled",
        "GetCallerIdentity 1: throttled 20",
        "DescribeKey 1: reset-before",
        "DescribeKey 1: unavailable"
      })
  void opens_whenAFaultPasses(String fault) {
    faults.follow(FaultPlan.parse(fault));

    try (Enclave enclave = open()) {
      assertThat(enclave.health().healthy()).isTrue();
    }
    assertThat(server.journal().entries()).anyMatch(entry -> entry.fault().isPresent());
  }

  @Test
  void says_howOftenItTried_whenAFaultDoesNotPass() {
    faults.follow(FaultPlan.parse("GetCallerIdentity every 1: unavailable"));

    EnclaveException thrown = catchThrowableOfType(EnclaveException.class, this::open);

    assertThat(thrown.code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
    assertThat(thrown).hasMessageContaining("cannot be opened, after 8 attempts");
    assertThat(server.journal().of("GetCallerIdentity")).hasSize(8);
  }

  @Test
  void leavesTheConfiguredTime_toSaveADestroyedVersion() {
    Map<String, String> settings =
        new HashMap<>(Openings.settings(server, server.credentials().secretAccessKey()));
    settings.put("enclave.aws-kms.pending-window-days", "9");

    try (Enclave enclave = open(settings)) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      KeyVersionId first = key.activeVersion().id();
      ManagedKey managed = enclave.admin().key(key.handle());
      managed.rotate(RotationRequest.ifActive(first));
      managed.destroy(first);
      MutableClock now = new MutableClock(Instant.now());
      try (AwsSession console = Sessions.with(server, now)) {
        Instant end =
            console.kms().describeKey(r -> r.keyId(first.value())).keyMetadata().deletionDate();
        assertThat(end)
            .isBetween(now.now().plus(Duration.ofDays(8)), now.now().plus(Duration.ofDays(10)));
      }
    }
  }

  @Test
  void asksOnce_whenItIsRefusedForGood() {
    EnclaveException thrown =
        catchThrowableOfType(EnclaveException.class, () -> open("another-secret"));

    assertThat(thrown.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
    assertThat(server.journal().of("GetCallerIdentity")).hasSize(1);
  }
}

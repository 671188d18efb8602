package dev.enclave.gcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.protobuf.FieldMask;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.EnvironmentType;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.gcp.internal.ForeignGcpKeys;
import dev.enclave.gcp.internal.GcpAccess;
import dev.enclave.gcp.internal.GcpCalls;
import dev.enclave.gcp.internal.GcpOperation;
import dev.enclave.gcp.internal.GcpSession;
import dev.enclave.gcp.internal.Openings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
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

  private static final List<String> PRINTED =
      Stream.concat(GcpAccess.TO_USE.stream(), GcpAccess.TO_CHANGE.stream()).toList();

  private final TimeSource time = new MutableClock();
  private final GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start();
  private final String ring = server.keyRingName("wallet");
  private final Map<String, String> settings =
      new HashMap<>(
          Map.of(
              "enclave.environment",
              "development",
              "enclave.backend",
              "gcp-kms",
              "enclave.gcp-kms.key-ring",
              ring,
              "enclave.gcp-kms.endpoint",
              "http://" + server.target(),
              "enclave.gcp-kms.allowed-endpoints",
              "http://" + server.target(),
              "enclave.gcp-kms.access-token",
              server.accessToken()));

  @AfterEach
  void stop() {
    server.close();
  }

  private EnclaveFactory.Builder builder() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new GcpKmsBackendProvider())
        .with(new RecordingAuditSink())
        .config(new ConfigSource("test", settings));
  }

  private void withKey() {
    try (Enclave enclave = builder().open()) {
      enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    }
  }

  private GcpSession session() {
    try {
      return Openings.in(EnvironmentType.DEVELOPMENT)
          .with("key-ring", ring)
          .with("endpoint", "http://" + server.target())
          .with("access-token", server.accessToken())
          .open();
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  private void disable(String version) throws BackendFailure {
    try (GcpSession session = session()) {
      new GcpCalls(session)
          .send(
              GcpOperation.UPDATE_VERSION,
              version,
              request ->
                  request
                      .setUpdateMask(FieldMask.newBuilder().addPaths("state"))
                      .getCryptoKeyVersionBuilder()
                      .setState(CryptoKeyVersionState.DISABLED),
              CallContext.of("off", 1, Deadline.in(Duration.ofSeconds(30), time), time));
    }
  }

  private static void assertNotReady(Diagnosis diagnosis) {
    assertThat(diagnosis.health().healthy())
        .as("%s %s", diagnosis.permissions(), diagnosis.health())
        .isFalse();
    assertThat(diagnosis.refusal()).isPresent();
  }

  private static List<String> missing(Diagnosis diagnosis) {
    assertNotReady(diagnosis);
    return diagnosis.permissions().stream()
        .filter(permission -> permission.grant() == Grant.MISSING)
        .map(Permission::name)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isReady_underExactlyThePrintedRoles_withAKeyAndWithout(boolean key) {
    if (key) {
      withKey();
    }
    server.grants(Map.of(ring, PRINTED));
    Diagnosis diagnosis = builder().probe();
    assertThat(diagnosis.health().healthy()).as(diagnosis.health().toString()).isTrue();
    assertThat(diagnosis.refusal()).isEmpty();
    assertThat(diagnosis.permissions()).isNotEmpty().allMatch(Permission::granted);
  }

  static Stream<String> actions() {
    return PRINTED.stream();
  }

  @ParameterizedTest
  @MethodSource("actions")
  void isNotReady_withoutOneOfThePrintedActions(String action) {
    server.grants(Map.of(ring, PRINTED.stream().filter(one -> !one.equals(action)).toList()));
    assertThat(missing(builder().probe())).containsExactly(action);

    server.grants(Map.of());
    server.deny(Denial.of(action));
    assertThat(missing(builder().probe())).containsExactly(action);
  }

  @Test
  void isNotReady_whereTheKeyRingGrantsWhatIsDeniedOnAKey() {
    withKey();
    String action = "cloudkms.cryptoKeyVersions.useToSign";
    server.deny(new Denial("*", action, ring + "/cryptoKeys/*"));
    assertThat(missing(builder().probe())).containsExactly(action);
  }

  @Test
  void isNotReady_withoutARole() {
    server.deny(Denial.of("*"));
    assertNotReady(builder().probe());
  }

  @ParameterizedTest
  @ValueSource(strings = {"locations/", "projects/"})
  void isNotReady_inAnotherRegionOrProject(String before) {
    withKey();
    settings.put(
        "enclave.gcp-kms.key-ring", ring.replaceFirst(before + "[^/]*", before + "another-place1"));
    assertNotReady(builder().probe());
  }

  @Test
  void isNotReady_whereTheVersionIsDisabled() throws BackendFailure {
    withKey();
    disable(ring + "/cryptoKeys/wallet/cryptoKeyVersions/1");
    assertNotReady(builder().probe());
  }

  @ParameterizedTest
  @ValueSource(strings = {"disabled", "gone", "another project's"})
  void isNotReady_whereAnAdoptedKeyCannotSign(String how) throws Exception {
    withKey();
    String name = new ForeignGcpKeys(this::session, time).place(SigningAlgorithm.ECDSA_P256_SHA256);
    String uri = name + "/cryptoKeyVersions/1";
    settings.put("enclave.keys.treasury", uri);
    assertThat(builder().probe().health().healthy()).isTrue();
    settings.put(
        "enclave.keys.treasury",
        switch (how) {
          case "gone" -> uri.replace("terraform_", "nothing_");
          case "another project's" -> uri.replaceFirst("projects/[^/]*", "projects/another-place1");
          default -> uri;
        });
    if (how.equals("disabled")) {
      disable(uri);
    }
    assertNotReady(builder().probe());
  }
}

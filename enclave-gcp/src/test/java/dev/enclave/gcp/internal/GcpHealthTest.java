package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.GcpKmsServerBuilder;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What health and permissions tell of a key ring that is not as it should be. */
class GcpHealthTest {

  private static final String MISSPELT = "walet";

  @Test
  void saysThatTheKeyRingDoesNotExist_toWhomGoogleTellsIt() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
      String ring = server.locationName() + "/keyRings/" + MISSPELT;
      assertThat(health(server, ring))
          .singleElement()
          .returns(Severity.ERROR, Finding::severity)
          .returns(ErrorCode.CONFIGURATION_INVALID_VALUE, Finding::code)
          .returns("Key ring " + ring + " does not exist", Finding::observed)
          .extracting(Finding::fix)
          .asString()
          .contains("enclave.gcp-kms.key-ring");
    }
  }

  @Test
  void saysThatTheKeyRingMayNotExist_whereGoogleDoesNotTell() throws Exception {
    try (GcpKmsServer server =
        GcpKmsServer.builder().keyRing("wallet").deny(Denial.of("*")).start()) {
      for (String ring : List.of("wallet", MISSPELT)) {
        assertThat(health(server, server.locationName() + "/keyRings/" + ring))
            .singleElement()
            .returns(Severity.WARNING, Finding::severity)
            .returns(ErrorCode.ACCESS_DENIED, Finding::code)
            .extracting(Finding::observed)
            .asString()
            .contains("or there is no such key ring");
      }
    }
  }

  @Test
  void saysWithEachMissingPermission_thatTheKeyRingMayBeMissing() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start();
        CapableBackend backend =
            backend(at(server, server.locationName() + "/keyRings/" + MISSPELT))) {
      assertThat(backend.permissions(call()))
          .isNotEmpty()
          .noneMatch(Permission::granted)
          .allMatch(permission -> permission.fix().contains("a key ring that does not exist"));
    }
  }

  @Test
  void findsNothing_whereTheKeyRingGrantsWhatIsNeeded() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
      assertThat(health(server, server.keyRingName("wallet"))).isEmpty();
    }
  }

  @Test
  void opensAtAServerThatDoesNotKnowThePermissionTest_andWarnsOfIt() throws Exception {
    try (GcpKmsServer server = withoutIam().keyRing("wallet").start();
        CapableBackend backend = backend(at(server, server.keyRingName("wallet")))) {
      assertThat(backend.health(call()).findings())
          .singleElement()
          .returns(Severity.WARNING, Finding::severity)
          .returns(ErrorCode.UNSUPPORTED_OPERATION, Finding::code);
      assertThat(backend.permissions(call()))
          .isNotEmpty()
          .allMatch(permission -> permission.grant() == Grant.UNKNOWN);
    }
  }

  /** The sessions of a bench pass for Google's own. */
  @Test
  void takesGooglesOwnRefusalForWhatItIs() throws Exception {
    try (Bench bench = Bench.start(withoutIam())) {
      bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
      assertThat(
              catchThrowableOfType(
                  BackendFailure.class, () -> bench.backend().health(bench.call())))
          .hasMessageContaining("UNIMPLEMENTED");
    }
  }

  /** As servers are that imitate Cloud KMS without IAM. */
  private static GcpKmsServerBuilder withoutIam() {
    return GcpKmsServer.builder()
        .interceptor(
            (request, service) ->
                Delivery.answer(
                    service.handle(
                        request.operation().equals("TestIamPermissions")
                            ? request.named("Unheard")
                            : request)));
  }

  private static List<Finding> health(GcpKmsServer server, String ring) throws Exception {
    try (CapableBackend backend = backend(at(server, ring))) {
      return backend.health(call()).findings();
    }
  }

  private static Openings at(GcpKmsServer server, String ring) {
    return Openings.in(EnvironmentType.DEVELOPMENT)
        .with("key-ring", ring)
        .with("endpoint", "http://" + server.target())
        .with("access-token", server.accessToken());
  }

  private static CapableBackend backend(Openings openings) throws Exception {
    return new CapableBackend(GcpKmsBackend.over(openings.open(), openings.context()));
  }

  private static CallContext call() {
    MutableClock clock = new MutableClock();
    return CallContext.of("health", 1, Deadline.in(Duration.ofSeconds(30), clock), clock);
  }
}

package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.internal.listening.HeldPort;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.testkit.FakeEnvironment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where requests go, and what must be set for it. */
class GcpSessionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://cloudkms.googleapis.com",
        "https://cloudkms.europe-west3.rep.googleapis.com",
        "https://cloudkms-wallet.p.googleapis.com"
      })
  void knowsGooglesOwnEndpoints(String endpoint) {
    assertThat(GcpSettings.Endpoint.isGoogle(Origin.parse(endpoint).orElseThrow())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://cloudkms.googleapis.com",
        "https://cloudkms.googleapis.com:8443",
        "https://storage.googleapis.com",
        "https://cloudkms.googleapis.com.example.org",
        "https://evil-cloudkms.googleapis.com",
        "https://example.org"
      })
  void takesNobodyElseForGoogle_andProductionRefusesThem(String endpoint) {
    assertThat(GcpSettings.Endpoint.isGoogle(Origin.parse(endpoint).orElseThrow())).isFalse();
    for (EnvironmentType environment :
        new EnvironmentType[] {EnvironmentType.PRODUCTION, EnvironmentType.STAGING}) {
      BackendFailure failure = Openings.in(environment).with("endpoint", endpoint).failure();
      assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
      assertThat(failure)
          .hasMessageContaining("enclave.gcp-kms.endpoint")
          .hasMessageContaining("Remove the setting")
          .hasMessageContaining("enclave.gcp-kms.allowed-endpoints")
          .hasMessageNotContaining("aws");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = EnvironmentType.class,
      names = {"PRODUCTION", "STAGING"})
  void refusesAnAllowedEndpoint_withoutTls_inProduction(EnvironmentType environment) {
    BackendFailure failure =
        Openings.in(environment)
            .with("endpoint", "http://127.0.0.1:8080")
            .with("allowed-endpoints", "http://127.0.0.1:8080")
            .failure();
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageContaining("without TLS");
  }

  @Test
  void takesAnAllowedEndpointForGoogles_inProduction_andNoOther() throws Exception {
    String certificate;
    try (GcpKmsServer server = GcpKmsServer.builder().tls().start()) {
      certificate = server.certificatePem();
    }
    Openings gateway =
        Openings.in(EnvironmentType.PRODUCTION)
            .with("endpoint", "https://kms.example.internal")
            .with("allowed-endpoints", "https://other.example, https://kms.example.internal")
            .with("endpoint-certificate", "/gateway.pem")
            .on(FakeEnvironment.empty().withFile("/gateway.pem", certificate));
    assertThat(
            GcpSettings.Endpoint.of(
                GcpSettings.of(gateway.context().settings()), gateway.context()))
        .returns(true, GcpSettings.Endpoint::trusted)
        .returns("kms.example.internal", endpoint -> endpoint.origin().host())
        .returns(true, endpoint -> endpoint.certificate().isPresent());
    assertThat(gateway.with("allowed-endpoints", "https://other.example").failure())
        .returns(FailureCode.REFUSED, BackendFailure::code);
  }

  @Test
  void refusesPlaintextToAnotherMachine_alsoInDevelopment() {
    BackendFailure failure =
        Openings.in(EnvironmentType.DEVELOPMENT).with("endpoint", "http://10.0.0.1:80").failure();
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageContaining("Write https");
  }

  @ParameterizedTest
  @EnumSource(
      value = EnvironmentType.class,
      names = {"PRODUCTION", "STAGING"})
  void refusesAnAccessTokenInSettings_inProduction(EnvironmentType environment) {
    BackendFailure failure = Openings.in(environment).with("access-token", "ya29.canary").failure();
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageNotContaining("canary").hasMessageContaining("access-token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"wallet", "projects/p/locations/l", "projects/p/locations/l/keyRings/r/"})
  void saysWhatAKeyRingIs(String text) {
    BackendFailure failure =
        Openings.in(EnvironmentType.PRODUCTION).with("key-ring", text).failure();
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("projects/PROJECT/locations/LOCATION/keyRings/NAME");
    assertThat(Openings.in(EnvironmentType.PRODUCTION).without("key-ring").failure())
        .hasMessageContaining("enclave.gcp-kms.key-ring is not set");
  }

  @ParameterizedTest
  @EnumSource(EnvironmentType.class)
  void refusesAProcess_inWhichAnyCertificateIsGood(EnvironmentType environment) {
    String property = "jdk.internal.httpclient.disableHostnameVerification";
    assertThat(
            Openings.in(environment)
                .on(FakeEnvironment.empty().withProperty(property, ""))
                .failure())
        .returns(FailureCode.REFUSED, BackendFailure::code)
        .hasMessageContaining(property);
  }

  @Test
  void saysThatNoCertificateIsThere() {
    BackendFailure failure =
        Openings.in(EnvironmentType.DEVELOPMENT)
            .with("endpoint", "https://kms.example.org")
            .with("endpoint-certificate", "/nothing.pem")
            .failure();
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("endpoint-certificate");
  }

  @Test
  void saysThatNobodyIsThere() throws Exception {
    BackendFailure failure;
    try (HeldPort nobody = HeldPort.free("127.0.0.1")) {
      failure =
          Openings.in(EnvironmentType.DEVELOPMENT)
              .with("endpoint", "http://127.0.0.1:" + nobody.number())
              .failure();
    }
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("not sent").hasNoCause();
  }

  @Test
  void opensAtAServerOfADevelopers_whereNoKeyIsBetterThanSoftware() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.builder().start()) {
      String ring = Sessions.makeKeyRing(server);
      Openings openings =
          Openings.in(EnvironmentType.DEVELOPMENT)
              .with("key-ring", ring)
              .with("endpoint", "http://" + server.target())
              .with("access-token", server.accessToken());
      try (CapableBackend backend =
          new CapableBackend(GcpKmsBackend.over(openings.open(), openings.context()))) {
        KeySnapshot key =
            backend.create(
                CreateRequest.of(
                    KeyName.of("wallet"),
                    SigningAlgorithm.ECDSA_P256_SHA256,
                    RotationInterval.NEVER,
                    EnvironmentType.DEVELOPMENT,
                    "op"),
                CallContext.of(
                    "op", 1, Deadline.in(Duration.ofSeconds(30), openings.clock), openings.clock));
        assertThat(key.versions().get(0).assurance()).isEqualTo(Assurance.SOFTWARE);
        assertThat(backend.describe().assuranceCeiling()).hasValue(Assurance.SOFTWARE);
      }
    }
  }

  /** Only a token that the operator, or Google's own chain, meant for it; by TLS. */
  @Test
  void believesAnHsm_atAnEndpointThatTheOperatorAllows_byTlsAlone() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").tls().start();
        GcpKmsServer plain = GcpKmsServer.builder().keyRing("wallet").start()) {
      for (GcpKmsServer one : List.of(server, plain)) {
        String url = (one == server ? "https://" : "http://") + one.target();
        Openings openings =
            Openings.in(EnvironmentType.DEVELOPMENT)
                .with("key-ring", one.keyRingName("wallet"))
                .with("endpoint", url)
                .with("access-token", one.accessToken())
                .with("endpoint-certificate", "/emulator.pem")
                .on(FakeEnvironment.empty().withFile("/emulator.pem", server.certificatePem()));
        try (GcpSession session = openings.open()) {
          assertThat(session.reportsHsm()).isFalse();
        }
        try (GcpSession session = openings.with("allowed-endpoints", url).open()) {
          assertThat(session.reportsHsm()).isEqualTo(one == server);
        }
      }
    }
  }

  @Test
  void opensByTls_withTheCertificateThatWasNamedAlone() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").tls().start()) {
      Openings trusting =
          Openings.in(EnvironmentType.DEVELOPMENT)
              .with("key-ring", server.keyRingName("wallet"))
              .with("endpoint", "https://" + server.target())
              .with("access-token", server.accessToken())
              .with("endpoint-certificate", "/emulator.pem")
              .on(FakeEnvironment.empty().withFile("/emulator.pem", server.certificatePem()));
      trusting.open().close();
      server.journal().clear();

      BackendFailure failure = trusting.without("endpoint-certificate").failure();
      assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
      assertThat(failure)
          .hasMessageContainingAll(
              "was not sent",
              "the certificate of \"127.0.0.1\", of subject \"CN=Enclave emulator\", issued by"
                  + " \"CN=Enclave emulator\", is not trusted");
      assertThat(server.journal().entries()).isEmpty();
    }
  }

  @Test
  void saysThatTheServerDoesNotTakeTheToken() {
    try (GcpKmsServer server = GcpKmsServer.builder().start()) {
      BackendFailure failure =
          Openings.in(EnvironmentType.DEVELOPMENT)
              .with("endpoint", "http://" + server.target())
              .with("access-token", "ya29.canary")
              .failure();
      assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
      assertThat(failure).hasMessageNotContaining("canary").hasMessageContaining("UNAUTHENTICATED");
    }
  }
}

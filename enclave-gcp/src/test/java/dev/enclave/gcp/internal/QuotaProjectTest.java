package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.FakeMetadata;
import org.junit.jupiter.api.Test;

/** Which project calls come from, as Google tells it, and what to do where it lacks the API. */
class QuotaProjectTest {

  private static final String PERSON = "dev@example.org";

  @Test
  void aPersonsLoginNamesItsQuotaProject() {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
      assertThatCode(() -> login(server, ",\"quota_project_id\":\"wallet-dev\"").open().close())
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aLoginWithoutQuotaProjectIsToldHowToSetOne_andWhichProjectGoogleTook() {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
      assertThat(failure(login(server, "")))
          .returns(FailureCode.MISCONFIGURED, BackendFailure::code)
          .hasMessageContaining("SERVICE_DISABLED for projects/764086051850")
          .hasMessageContaining("in the calling project")
          .hasMessageContaining("gcloud auth application-default set-quota-project");
    }
  }

  @Test
  void aQuotaProjectThatThePersonMayNotUseIsToldAsSuch() {
    try (GcpKmsServer server =
        GcpKmsServer.builder()
            .keyRing("wallet")
            .deny(new Denial("user:" + PERSON, "serviceusage.services.use", "projects/wallet-dev"))
            .start()) {
      assertThat(failure(login(server, ",\"quota_project_id\":\"wallet-dev\"")))
          .returns(FailureCode.MISCONFIGURED, BackendFailure::code)
          .hasMessageContaining("USER_PROJECT_DENIED for projects/wallet-dev")
          .hasMessageContaining("serviceusage.services.use");
    }
  }

  @Test
  void aServiceAccountOfAnotherProjectNeedsTheApiThere() {
    try (GcpKmsServer server =
        GcpKmsServer.builder()
            .keyRing("wallet")
            .serviceAccount("wallet@apps.iam.gserviceaccount.com")
            .apiDisabledIn("apps")
            .start()) {
      FakeMetadata metadata = new FakeMetadata();
      metadata.answering(
          request ->
              FakeMetadata.ok(
                  "{\"access_token\":\"" + server.accessToken() + "\",\"expires_in\":3599}",
                  "Metadata-Flavor",
                  "Google"));
      assertThat(
              failure(
                  atGoogle(server, EnvironmentType.PRODUCTION)
                      .on(FakeEnvironment.empty().withMetadata(metadata))))
          .returns(FailureCode.MISCONFIGURED, BackendFailure::code)
          .hasMessageContaining("SERVICE_DISABLED for projects/apps")
          .hasMessageContaining("need not be the key ring's project");
    }
  }

  @Test
  void refusesAQuotaProjectThatNoHeaderCarries() {
    try (GcpKmsServer server = GcpKmsServer.builder().keyRing("wallet").start()) {
      assertThat(failure(login(server, ",\"quota_project_id\":\"a\\nb\"")))
          .returns(FailureCode.MISCONFIGURED, BackendFailure::code)
          .hasMessageContaining("quota_project_id");
    }
  }

  private static BackendFailure failure(Openings openings) {
    return catchThrowableOfType(BackendFailure.class, () -> openings.open().close());
  }

  private static Openings login(GcpKmsServer server, String more) {
    String file =
        "{\"type\":\"authorized_user\",\"client_id\":\"id\",\"client_secret\":\"s\","
            + "\"refresh_token\":\"r\""
            + more
            + "}";
    return atGoogle(server, EnvironmentType.DEVELOPMENT)
        .with("credentials-file", "/login.json")
        .on(FakeEnvironment.empty().withFile("/login.json", file))
        .exchanging(
            (request, within) ->
                HttpAnswer.Answered.of(
                    200,
                    "{\"access_token\":\""
                        + server.personsAccessToken(PERSON)
                        + "\",\"expires_in\":3599}"));
  }

  /** Where the server stands for Google's own host. */
  private static Openings atGoogle(GcpKmsServer server, EnvironmentType environment) {
    return Openings.in(environment)
        .with("key-ring", server.keyRingName("wallet"))
        .through((endpoint, connections) -> Sessions.connections(server));
  }
}

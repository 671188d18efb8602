package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.LoopbackServer.Reply;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.FakeMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which credentials are used where, and which are refused (threat 12). */
final class CredentialMatrixTest {

  private static final String FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI=";

  private final FakeAws aws = new FakeAws();

  @AfterEach
  void stop() {
    aws.close();
  }

  @ParameterizedTest
  @CsvSource({
    "PRODUCTION, access-key-id",
    "PRODUCTION, secret-access-key",
    "PRODUCTION, session-token",
    "STAGING, access-key-id",
    "STAGING, secret-access-key",
    "STAGING, session-token",
  })
  void refusesCredentialsInSettings(EnvironmentType environment, String setting) {
    assertThat(Openings.in(environment).with(setting, FakeAws.SECRET).failure())
        .returns(FailureCode.REFUSED, f -> f.code())
        .hasMessageContainingAll(
            "enclave.aws-kms." + setting, "long-lived", environment.name(), "task role")
        .hasMessageNotContaining(FakeAws.SECRET);
  }

  /** Also where a role is at hand: the SDK would have preferred the variables to it. */
  @ParameterizedTest
  @CsvSource({
    "PRODUCTION, AWS_ACCESS_KEY_ID, false",
    "PRODUCTION, AWS_ACCESS_KEY_ID, true",
    "PRODUCTION, AWS_SECRET_ACCESS_KEY, false",
    "STAGING, AWS_ACCESS_KEY_ID, false",
    "STAGING, AWS_ACCESS_KEY_ID, true",
  })
  void refusesLongLivedKeysInVariables(
      EnvironmentType environment, String variable, boolean besidesARole) {
    FakeEnvironment machine = FakeEnvironment.empty().withVariable(variable, "AKIASTATIC");
    assertThat(
            Openings.in(environment)
                .on(besidesARole ? machine.withVariables(FULL + aws.url()) : machine)
                .failure())
        .returns(FailureCode.REFUSED, f -> f.code())
        .hasMessageContainingAll(variable, "AWS_SESSION_TOKEN is not", "Remove it", "role");
  }

  @ParameterizedTest
  @EnumSource(
      value = EnvironmentType.class,
      names = {"DEVELOPMENT", "LOCAL"})
  void takesSettingsBeforeVariables_whereNothingIsAtStake(EnvironmentType environment)
      throws Exception {
    FakeEnvironment machine =
        FakeEnvironment.empty()
            .withVariables("AWS_ACCESS_KEY_ID=AKIAVARIABLE", "AWS_SECRET_ACCESS_KEY=s");
    Openings openings = at(environment).on(machine);
    openings.open().close();
    openings.with("access-key-id", "AKIASETTINGS").with("secret-access-key", "s").open().close();
    assertThat(aws.server().asked())
        .extracting(asked -> asked.header("Authorization").replaceAll("(?s).*Credential=|/.*", ""))
        .containsExactly("AKIAVARIABLE", "AKIASETTINGS");
  }

  @Test
  void takesTheContainersRole_fromALoopbackAgent() throws Exception {
    FakeEnvironment machine =
        FakeEnvironment.empty()
            .withVariables(
                FULL + aws.url() + "/role?x=1", "AWS_CONTAINER_AUTHORIZATION_TOKEN=let-me-in");
    at(EnvironmentType.DEVELOPMENT).on(machine).open().close();
    LoopbackServer.Asked agent = aws.server().asked().get(0);
    assertThat(agent.target()).isEqualTo("/role?x=1");
    assertThat(agent.header("Authorization")).isEqualTo("let-me-in");
    assertThat(aws.server().asked().get(1).header("X-Amz-Security-Token")).isEqualTo(FakeAws.TOKEN);
  }

  @Test
  void takesTheContainersRole_fromEcsAgent_asTheMetadataServiceIsAsked() throws Exception {
    FakeMetadata metadata =
        new FakeMetadata()
            .answering(request -> FakeMetadata.ok(FakeAws.document("2036-01-01T00:00:00Z")));
    FakeEnvironment machine =
        FakeEnvironment.empty()
            .withVariables("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/1")
            .withMetadata(metadata);
    at(EnvironmentType.DEVELOPMENT).on(machine).open().close();
    assertThat(metadata.requests())
        .singleElement()
        .returns("http://169.254.170.2/v2/credentials/1", request -> request.uri().toString());
  }

  @Test
  void readsTheContainersAuthorizationToken_fromItsFile() throws Exception {
    FakeMetadata metadata =
        new FakeMetadata()
            .answering(request -> FakeMetadata.ok(FakeAws.document("2036-01-01T00:00:00Z")));
    FakeEnvironment machine =
        FakeEnvironment.empty()
            .withVariables(
                FULL + "http://169.254.170.23/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/var/run/token")
            .withFile("/var/run/token", "pod-token\n")
            .withMetadata(metadata);
    at(EnvironmentType.DEVELOPMENT).on(machine).open().close();
    assertThat(metadata.requests().get(0).headers()).containsEntry("Authorization", "pod-token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/credentials",
        "http://agent.example/credentials",
        "http://10.0.0.1/credentials",
        "http://127.0.0.1.example.org/credentials",
        "http://user@127.0.0.1/credentials",
        "ftp://127.0.0.1/credentials",
        "file:///etc/passwd",
        "/credentials",
      })
  void refusesAContainerAgent_thatIsNeitherNearNorByTls(String uri) {
    assertThat(
            at(EnvironmentType.DEVELOPMENT)
                .on(FakeEnvironment.empty().withVariables(FULL + uri))
                .failure())
        .returns(FailureCode.REFUSED, f -> f.code())
        .hasMessageContaining("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  }

  @ParameterizedTest
  @ValueSource(strings = {"//agent.example/credentials", "@agent.example/", "http://x/", "a b"})
  void refusesARelativeAddress_thatLeadsElsewhere(String path) {
    assertThat(
            at(EnvironmentType.DEVELOPMENT)
                .on(
                    FakeEnvironment.empty()
                        .withVariables("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=" + path))
                .failure())
        .returns(FailureCode.REFUSED, f -> f.code())
        .hasMessageContaining("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  }

  /** Threat 9: an agent that redirects, floods or stammers. */
  @ParameterizedTest
  @ValueSource(strings = {"redirect", "huge", "html", "expired", "half", "reset"})
  void takesNothing_fromAHostileAgent(String kind) {
    aws.answering("GET", asked -> hostile(kind));
    assertThat(
            at(EnvironmentType.DEVELOPMENT)
                .on(FakeEnvironment.empty().withVariables(FULL + aws.url()))
                .failure())
        .returns(FailureCode.UNAVAILABLE, f -> f.code())
        .hasMessageNotContaining(FakeAws.SECRET);
    assertThat(aws.server().asked()).allMatch(asked -> asked.target().equals("/"));
  }

  private Reply hostile(String kind) {
    return switch (kind) {
      case "redirect" -> Reply.of(302, "", "Location: " + aws.url() + "/elsewhere");
      case "huge" -> Reply.of(200, "{\"x\":\"" + "y".repeat(70_000) + "\"}");
      case "html" -> Reply.of(200, "<html>" + FakeAws.SECRET + "</html>");
      case "expired" -> Reply.of(200, FakeAws.document("2020-01-01T00:00:00Z"));
      case "half" -> Reply.of(200, "{\"AccessKeyId\":\"ASIAHALF\"");
      default -> Reply.RESET;
    };
  }

  @Test
  void exchangesTheServiceAccountsToken_atSts() throws Exception {
    FakeEnvironment machine =
        FakeEnvironment.empty()
            .withVariables(
                "AWS_ROLE_ARN=arn:aws:iam::123456789012:role/wallet",
                "AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/token",
                FULL + "http://127.0.0.1:1/never-asked")
            .withFile("/var/run/token", "service-account-token\n");
    at(EnvironmentType.DEVELOPMENT).on(machine).open().close();
    LoopbackServer.Asked exchange = aws.server().asked().get(0);
    assertThat(exchange.operation()).isEqualTo("AssumeRoleWithWebIdentity");
    assertThat(exchange.body()).contains("service-account-token", "role%2Fwallet");
    assertThat(exchange.header("Authorization")).isEmpty();
    assertThat(aws.server().asked().get(1).header("Authorization")).contains("ASIAWEB");
  }

  @Test
  void takesTheInstanceProfile_whereNothingElseIs() throws Exception {
    FakeMetadata metadata =
        new FakeMetadata()
            .answering(
                request ->
                    switch (request.uri().getPath()) {
                      case "/latest/api/token" -> FakeMetadata.ok("token");
                      case "/latest/meta-data/iam/security-credentials/" ->
                          FakeMetadata.ok("wallet");
                      case "/latest/meta-data/iam/security-credentials/wallet" ->
                          FakeMetadata.ok(
                              "{\"Code\":\"Success\","
                                  + FakeAws.document("2036-01-01T00:00:00Z").substring(1));
                      default -> FakeMetadata.answer(404, "");
                    });
    FakeEnvironment machine =
        FakeEnvironment.empty()
            .withVariable("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://elsewhere.example")
            .withMetadata(metadata);
    at(EnvironmentType.DEVELOPMENT).on(machine).open().close();
    assertThat(metadata.requests()).allMatch(r -> r.uri().getHost().equals("169.254.169.254"));
    assertThat(aws.server().asked().get(0).header("Authorization")).contains("ASIAAGENT");
  }

  @Test
  void saysThatTheInstanceHasNoProfile() {
    FakeEnvironment machine =
        FakeEnvironment.empty()
            .withMetadata(
                request ->
                    request.uri().getPath().equals("/latest/api/token")
                        ? FakeMetadata.ok("token")
                        : FakeMetadata.answer(404, ""));
    assertThat(at(EnvironmentType.DEVELOPMENT).on(machine).failure())
        .returns(FailureCode.MISCONFIGURED, f -> f.code())
        .hasMessageContaining("Attach one");
  }

  private Openings at(EnvironmentType environment) {
    return Openings.in(environment).with("endpoint", aws.url()).with("sts-endpoint", aws.url());
  }
}

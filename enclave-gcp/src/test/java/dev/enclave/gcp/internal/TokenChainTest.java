package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.FakeMetadata;
import dev.enclave.testkit.MutableClock;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which credentials are used where, and which are refused. */
class TokenChainTest {

  private static final String SECRET = "canary-secret-4711";
  private static final String KEY_FILE =
      "{\"type\":\"service_account\",\"private_key\":\"" + SECRET + "\"}";
  private static final String LOGIN =
      "{\"type\":\"authorized_user\",\"client_id\":\"id\",\"client_secret\":\"s\","
          + "\"refresh_token\":\""
          + SECRET
          + "\"}";

  private final MutableClock clock = new MutableClock();
  private final FakeMetadata metadata = new FakeMetadata();
  private final List<String> posted = new ArrayList<>();
  private HttpAnswer answer =
      HttpAnswer.Answered.of(200, "{\"access_token\":\"ya29.exchanged\",\"expires_in\":3599}");

  @Test
  void usesTheAttachedServiceAccount_whenNothingElseIsNamed() throws Exception {
    metadata.answering(request -> token("ya29.attached", 3599));
    for (EnvironmentType environment : EnvironmentType.values()) {
      assertThat(tokens(environment, machine()).get(call())).isEqualTo("ya29.attached");
    }
    assertThat(metadata.requests())
        .allMatch(request -> "Google".equals(request.headers().get("Metadata-Flavor")))
        .allMatch(request -> request.uri().getHost().equals("169.254.169.254"));
  }

  @ParameterizedTest
  @EnumSource(EnvironmentType.class)
  void refusesAServiceAccountsKey_everywhere(EnvironmentType environment) {
    FakeEnvironment named =
        machine()
            .withFile("/key.json", KEY_FILE)
            .withVariable("GOOGLE_APPLICATION_CREDENTIALS", "/key.json");
    BackendFailure byVariable = refusal(environment, named, Optional.empty());
    BackendFailure bySetting = refusal(environment, named, Optional.of("/key.json"));
    assertThat(byVariable.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(byVariable)
        .hasMessageContaining("GOOGLE_APPLICATION_CREDENTIALS")
        .hasMessageContaining("/key.json")
        .hasMessageNotContaining(SECRET);
    assertThat(bySetting).hasMessageContaining("enclave.gcp-kms.credentials-file");
    assertThat(bySetting.getMessage()).contains(strict(environment) ? "attach a" : "gcloud auth");
  }

  @ParameterizedTest
  @EnumSource(EnvironmentType.class)
  void takesAPersonsLogin_inDevelopmentAlone(EnvironmentType environment) throws Exception {
    FakeEnvironment machine = machine().withFile("/login.json", LOGIN);
    if (strict(environment)) {
      assertThat(refusal(environment, machine, Optional.of("/login.json")).code())
          .isEqualTo(FailureCode.REFUSED);
    } else {
      assertThat(
              kept(chain(environment, machine).choose(Optional.of("/login.json"), SETTING))
                  .get(call()))
          .isEqualTo("ya29.exchanged");
      assertThat(posted).first().asString().startsWith("https://oauth2.googleapis.com/token");
    }
  }

  @ParameterizedTest
  @EnumSource(EnvironmentType.class)
  void tellsAnImpersonatedServiceAccountsFile_byItsName(EnvironmentType environment) {
    String file =
        """
        {"type": "impersonated_service_account",
         "service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/x",
         "source_credentials": {"type": "authorized_user", "refresh_token": "%s"}}
        """
            .formatted(SECRET);
    BackendFailure failure =
        refusal(environment, machine().withFile("/adc.json", file), Optional.of("/adc.json"));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure)
        .hasMessageContaining("impersonated_service_account")
        .hasMessageContaining("--impersonate-service-account")
        .hasMessageNotContaining(SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gdch_service_account", "%s", ""})
  void tellsAnotherKindOfFile_byItsTypeIfThatIsOne(String type) {
    String file = "{\"type\": \"%s\"}".formatted(type.equals("%s") ? SECRET + "!" : type);
    BackendFailure failure =
        refusal(
            EnvironmentType.PRODUCTION,
            machine().withFile("/adc.json", file),
            Optional.of("/adc.json"));
    assertThat(failure).hasMessageContaining("external_account").hasMessageNotContaining(SECRET);
    assertThat(failure.getMessage().contains("type gdch_service_account"))
        .isEqualTo(type.equals("gdch_service_account"));
  }

  @Test
  void findsGcloudsLogin_inDevelopment_andDoesNotLookInProduction() throws Exception {
    FakeEnvironment machine =
        machine()
            .withProperty("user.home", "/home/dev")
            .withFile("/home/dev/.config/gcloud/application_default_credentials.json", LOGIN);
    metadata.answering(request -> token("ya29.attached", 3599));
    assertThat(tokens(EnvironmentType.DEVELOPMENT, machine).get(call()))
        .isEqualTo("ya29.exchanged");
    assertThat(tokens(EnvironmentType.PRODUCTION, machine).get(call())).isEqualTo("ya29.attached");
  }

  @Test
  void exchangesAFederatedToken_andActsAsAServiceAccount() throws Exception {
    FakeEnvironment machine =
        machine()
            .withFile(
                "/federation.json",
                federation(
                    "https://sts.googleapis.com/v1/token",
                    "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
                        + "w@p.iam.gserviceaccount.com:generateAccessToken"))
            .withFile("/var/run/token", SECRET);
    assertThat(
            kept(chain(EnvironmentType.PRODUCTION, machine)
                    .choose(Optional.of("/federation.json"), SETTING))
                .get(call()))
        .isEqualTo("ya29.exchanged");
    assertThat(posted).hasSize(2);
    assertThat(posted.get(0))
        .startsWith("https://sts.googleapis.com/v1/token")
        .contains(SECRET)
        .contains("scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fiam&");
    assertThat(posted.get(1))
        .startsWith("https://iamcredentials.googleapis.com/")
        .doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://sts.googleapis.com/v1/token",
        "https://sts.googleapis.com.example.org/v1/token",
        "https://example.org/v1/token"
      })
  void sendsAFederatedTokenNowhereElse(String url) throws Exception {
    FakeEnvironment machine =
        machine()
            .withFile("/federation.json", federation(url, ""))
            .withFile("/var/run/token", SECRET);
    RefreshingValue<String> tokens =
        kept(
            chain(EnvironmentType.PRODUCTION, machine)
                .choose(Optional.of("/federation.json"), SETTING));
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> tokens.get(call()));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(posted).isEmpty();
  }

  @Test
  void saysWhichFileIsNone() {
    BackendFailure failure =
        refusal(EnvironmentType.PRODUCTION, machine(), Optional.of("/nothing.json"));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("/nothing.json").hasMessageContaining(SETTING);
  }

  @Test
  void renewsAheadOfTheEnd_andGoesOnWithTheOldOneWhileThatFails() throws Exception {
    metadata.answering(request -> token("first", 3600));
    RefreshingValue<String> tokens = tokens(EnvironmentType.PRODUCTION, machine());
    assertThat(tokens.get(call())).isEqualTo("first");
    clock.advance(Duration.ofMinutes(57));
    metadata.answering(request -> FakeMetadata.SILENT);
    assertThat(tokens.get(call())).isEqualTo("first");
    clock.advance(Duration.ofSeconds(20));
    metadata.answering(request -> token("second", 3600));
    tokens.get(call());
    assertThat(tokens.get(call())).isEqualTo("second");
  }

  @Test
  void failsOnceTheOldOneHasEnded() throws Exception {
    metadata.answering(request -> token("first", 3600));
    RefreshingValue<String> tokens = tokens(EnvironmentType.PRODUCTION, machine());
    tokens.get(call());
    metadata.answering(request -> FakeMetadata.SILENT);
    clock.advance(Duration.ofHours(1));
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> tokens.get(call()));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure).hasMessageContaining("metadata server");
  }

  @Test
  void fetchesAnother_whenGoogleDoesNotTakeIt() throws Exception {
    metadata.answering(request -> token("first", 3600));
    RefreshingValue<String> tokens = tokens(EnvironmentType.PRODUCTION, machine());
    tokens.get(call());
    metadata.answering(request -> token("second", 3600));
    clock.advance(Duration.ofSeconds(11));
    tokens.refused();
    assertThat(tokens.get(call())).isEqualTo("second");
    assertThat(tokens.toString()).doesNotContain("second");
  }

  @Test
  void doesNotTakeATokenFromWhatIsNotGoogle() throws Exception {
    metadata.answering(request -> FakeMetadata.ok("{\"access_token\":\"x\",\"expires_in\":1}"));
    RefreshingValue<String> tokens = tokens(EnvironmentType.PRODUCTION, machine());
    assertThat(catchThrowableOfType(BackendFailure.class, () -> tokens.get(call())).code())
        .isEqualTo(FailureCode.MISCONFIGURED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{\"access_token\":\"a b\",\"expires_in\":60}",
        "{\"access_token\":\"a\\nb\",\"expires_in\":60}",
        "{\"access_token\":\"a\"}",
        "{\"access_token\":\"a\",\"expires_in\":-1}",
        "{\"access_token\":\"a\",\"expires_in\":43201}"
      })
  void takesNothingForATokenThatIsNone(String body) throws Exception {
    metadata.answering(request -> FakeMetadata.ok(body, "Metadata-Flavor", "Google"));
    RefreshingValue<String> tokens = tokens(EnvironmentType.PRODUCTION, machine());
    assertThat(catchThrowableOfType(BackendFailure.class, () -> tokens.get(call())).failureClass())
        .isEqualTo(FailureClass.TRANSIENT);
  }

  @Test
  void repeatsNothingOfWhatATokenEndpointAnswers() throws Exception {
    answer = HttpAnswer.Answered.of(400, "{\"error_description\":\"" + SECRET + "\"}");
    FakeEnvironment machine = machine().withFile("/login.json", LOGIN);
    RefreshingValue<String> tokens =
        kept(
            chain(EnvironmentType.DEVELOPMENT, machine)
                .choose(Optional.of("/login.json"), SETTING));
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> tokens.get(call()));
    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure).hasNoCause().hasMessageNotContaining(SECRET);
  }

  private static final String SETTING = "enclave.gcp-kms.credentials-file";

  private FakeEnvironment machine() {
    return FakeEnvironment.empty().withMetadata(metadata);
  }

  private RefreshingValue<String> tokens(EnvironmentType environment, EnvironmentSnapshot machine)
      throws BackendFailure {
    return kept(chain(environment, machine).choose(Optional.empty(), SETTING));
  }

  /** Fetched in the caller's own thread. */
  private RefreshingValue<String> kept(TokenChain.Chosen chosen) {
    return chosen.tokens(clock, Runnable::run);
  }

  private BackendFailure refusal(
      EnvironmentType environment, EnvironmentSnapshot machine, Optional<String> setting) {
    return catchThrowableOfType(
        BackendFailure.class, () -> chain(environment, machine).choose(setting, SETTING));
  }

  private TokenChain chain(EnvironmentType environment, EnvironmentSnapshot machine) {
    return new TokenChain(
        BackendContext.of(
            new BackendSettings(BackendId.GCP_KMS, Map.of()),
            environment,
            machine,
            clock,
            new SecureRandom()),
        (request, within) -> {
          String url = request.uri().toString();
          posted.add(url + " " + body(request));
          return url.contains("iamcredentials")
              ? HttpAnswer.Answered.of(
                  200,
                  "{\"accessToken\":\"ya29.exchanged\",\"expireTime\":\""
                      + clock.now().plusSeconds(3600)
                      + "\"}")
              : answer;
        });
  }

  private static String body(HttpRequest request) {
    HttpResponse.BodySubscriber<String> body =
        HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
    request.bodyPublisher().orElseThrow().subscribe(new Whole(body));
    return body.getBody().toCompletableFuture().join();
  }

  /** Hands on what a request sends as if it were what an answer says. */
  private record Whole(HttpResponse.BodySubscriber<String> body)
      implements Flow.Subscriber<ByteBuffer> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      body.onSubscribe(subscription);
    }

    @Override
    public void onNext(ByteBuffer part) {
      body.onNext(List.of(part));
    }

    @Override
    public void onError(Throwable thrown) {
      body.onError(thrown);
    }

    @Override
    public void onComplete() {
      body.onComplete();
    }
  }

  private CallContext call() {
    return CallContext.of("test", 1, Deadline.in(Duration.ofSeconds(5), clock), clock);
  }

  private static dev.enclave.spi.detection.MetadataAnswer token(String value, int seconds) {
    return FakeMetadata.ok(
        "{\"access_token\":\"" + value + "\",\"expires_in\":" + seconds + "}",
        "Metadata-Flavor",
        "Google");
  }

  private static String federation(String tokenUrl, String impersonation) {
    return "{\"type\":\"external_account\",\"audience\":\"//iam.googleapis.com/a\","
        + "\"subject_token_type\":\"urn:ietf:params:oauth:token-type:jwt\",\"token_url\":\""
        + tokenUrl
        + "\",\"service_account_impersonation_url\":\""
        + impersonation
        + "\",\"credential_source\":{\"file\":\"/var/run/token\"}}";
  }

  private static boolean strict(EnvironmentType environment) {
    return environment == EnvironmentType.PRODUCTION || environment == EnvironmentType.STAGING;
  }
}

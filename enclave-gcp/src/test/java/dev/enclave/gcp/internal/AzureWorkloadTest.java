package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.campaign.cloud.NamedHosts;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A workload on Azure, by a file of {@code create-cred-config --azure}, over the wire to both. */
class AzureWorkloadTest {

  private static final String POOL =
      "//iam.googleapis.com/projects/112233445566/locations/global/workloadIdentityPools/azure";
  private static final String PROVIDER = POOL + "/providers/wallet";
  private static final String RESOURCE = "api://enclave-google";
  private static final String IMDS =
      "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=";
  private static final String FILE = "/etc/wallet/azure.json";

  private final MutableClock time = new MutableClock();
  private final AzureKeyVaultServer azure = AzureKeyVaultServer.builder().clock(time::now).start();
  private final GcpKmsServer gcp =
      GcpKmsServer.builder()
          .clock(time::now)
          .trusts(PROVIDER, azure.tokenIssuer(), RESOURCE)
          .start();
  private final NamedHosts network =
      new NamedHosts()
          .with("169.254.169.254", azure.metadataEndpoint())
          .with(azure.metadataEndpoint().getAuthority(), azure.metadataEndpoint())
          .with("sts.googleapis.com", gcp.metadataEndpoint());

  @AfterEach
  void stop() {
    gcp.close();
    azure.close();
  }

  @Test
  void aMachineShowsItsIdentity() throws Exception {
    assertThat(token(IMDS + RESOURCE, machine())).isNotEmpty();
    assertThat(gcp.journal().of("ExchangeToken").get(0).principal())
        .hasValue("principal:" + POOL + "/subject/" + azure.objectId());
  }

  /** App Service has no metadata service: the file is the same, and the platform says where. */
  @Test
  void anAppShowsItsIdentity_byTheSameFile() throws Exception {
    FakeEnvironment app =
        machine()
            .withVariable("IDENTITY_ENDPOINT", azure.identityEndpoint().toString())
            .withVariable("IDENTITY_HEADER", azure.identityHeader());
    assertThat(token(IMDS + RESOURCE + "&client_id=" + azure.clientId(), app)).isNotEmpty();
    assertThat(azure.journal().of("ManagedIdentityToken")).hasSize(1);
    assertThat(azure.journal().of("InstanceMetadataToken")).isEmpty();
  }

  /** The JDK would quote such a value in its exception. */
  @Test
  void refusesAHeaderThatCanBeNone() {
    FakeEnvironment app =
        machine()
            .withVariable("IDENTITY_ENDPOINT", azure.identityEndpoint().toString())
            .withVariable("IDENTITY_HEADER", "canary\n");
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> token(IMDS + RESOURCE, app));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure)
        .hasMessageContaining("IDENTITY_HEADER has characters")
        .hasMessageNotContaining("canary");
  }

  @Test
  void saysWhatTheTokenHas_wherePoolAndTokenDoNotFit() {
    BackendFailure failure = failure(IMDS + "api://somebody-else");
    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure)
        .hasMessageContaining("audience \"api://somebody-else\"")
        .hasMessageContaining("issuer \"" + azure.tokenIssuer() + "\"")
        .hasMessageNotContaining("eyJ");
  }

  /** Such a token would let Google, or who reads along there, use what Azure keeps. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://vault.azure.net",
        "https://management.azure.com/",
        "https://graph.microsoft.com",
        "api://"
      })
  void showsGoogleNoTokenForAServiceOfAzure(String resource) {
    BackendFailure failure = failure(IMDS + resource);
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("\"" + resource + "\"");
    assertThat(network.meant()).isEmpty();
    assertThat(azure.journal().of("InstanceMetadataToken")).isEmpty();
  }

  @Test
  void showsGoogleNoTokenThatIsForSomebodyElse() {
    String claims = "{\"aud\":\"https://vault.azure.net\",\"sub\":\"canary\"}";
    String token =
        "e30."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
            + ".AAAA";
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () ->
                token(
                    IMDS + RESOURCE,
                    machine(),
                    (request, within) ->
                        HttpAnswer.Answered.of(200, "{\"access_token\":\"" + token + "\"}")));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure)
        .hasMessageContaining("something else than a token for " + RESOURCE)
        .hasMessageNotContaining("canary");
  }

  @Test
  void saysThatTheMachineHasNoSuchIdentity() {
    BackendFailure failure = failure(IMDS + RESOURCE + "&client_id=somebody-elses");
    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure).hasMessageContaining("Assign an identity");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org/token",
        "http://10.0.0.1/token",
        "ftp://169.254.169.254/token",
        "file:///etc/passwd",
        "https:///token",
        "not an address"
      })
  void asksNobody_whoCouldBeAnybody(String url) {
    BackendFailure failure = failure(url);
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("credential_source.url");
    assertThat(network.meant()).isEmpty();
  }

  /** What a metadata service of another kind, or a sign-in page, answers does not go to Google. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>sign in</html>",
        "{\"access_token\":\"opaque\"}",
        "{\"access_token\":\"e30.e30.AAAA\"}",
        "{\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"canary\"}"
      })
  void showsGoogleNothingButATokenOfTheAddress(String answered) {
    HttpExchange hostile =
        (request, within) -> {
          assertThat(request.uri().getHost()).isEqualTo("tokens.example.org");
          assertThat(request.headers().firstValue("Metadata")).hasValue("True");
          return HttpAnswer.Answered.of(200, answered);
        };
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> token("https://tokens.example.org/token", machine(), hostile));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure)
        .hasMessageContaining("something else than a JSON Web Token")
        .hasMessageNotContaining("canary");
  }

  @Test
  void isTransient_whereTheMetadataServiceIsSilent() {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () ->
                token(
                    IMDS + RESOURCE,
                    machine(),
                    (request, within) ->
                        new HttpAnswer.Silent(
                            HttpAnswer.Kind.LATE, "no whole answer came in time")));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure).hasMessageContaining("no whole answer came in time");
  }

  @Test
  void runsNoProgram() {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () ->
                choose(
                    "{\"executable\":{\"command\":\"/bin/get-token\",\"timeout_millis\":5000}}",
                    machine(),
                    new NamedExchange(network)));
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageContaining("Enclave runs none");
  }

  private FakeEnvironment machine() {
    return FakeEnvironment.empty().withMetadata(network);
  }

  private BackendFailure failure(String url) {
    return catchThrowableOfType(BackendFailure.class, () -> token(url, machine()));
  }

  private String token(String url, FakeEnvironment machine) throws BackendFailure {
    return token(url, machine, new NamedExchange(network));
  }

  private String token(String url, FakeEnvironment machine, HttpExchange exchange)
      throws BackendFailure {
    return choose(
            "{\"url\":\""
                + url
                + "\",\"headers\":{\"Metadata\":\"True\"},\"format\":{\"type\":\"json\","
                + "\"subject_token_field_name\":\"access_token\"}}",
            machine,
            exchange)
        .tokens(time, Runnable::run)
        .get(CallContext.of("test", 1, Deadline.in(Duration.ofSeconds(5), time), time));
  }

  private TokenChain.Chosen choose(String source, FakeEnvironment machine, HttpExchange exchange)
      throws BackendFailure {
    return new TokenChain(
            BackendContext.of(
                new BackendSettings(BackendId.GCP_KMS, Map.of()),
                EnvironmentType.PRODUCTION,
                machine.withFile(FILE, file(source)),
                time,
                new SecureRandom()),
            exchange)
        .choose(Optional.of(FILE), "enclave.gcp-kms.credentials-file");
  }

  private static String file(String source) {
    return "{\"universe_domain\":\"googleapis.com\",\"type\":\"external_account\",\"audience\":\""
        + PROVIDER
        + "\",\"subject_token_type\":\"urn:ietf:params:oauth:token-type:jwt\",\"token_url\":"
        + "\"https://sts.googleapis.com/v1/token\",\"credential_source\":"
        + source
        + "}";
  }
}

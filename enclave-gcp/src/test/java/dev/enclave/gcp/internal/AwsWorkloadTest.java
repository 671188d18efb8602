package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.campaign.cloud.NamedHosts;
import dev.enclave.emulators.AwsCredentials;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A workload on AWS, by a file of {@code create-cred-config --aws}, over the wire to both. */
class AwsWorkloadTest {

  private static final String PROVIDER =
      "//iam.googleapis.com/projects/112233445566/locations/global/workloadIdentityPools/aws"
          + "/providers/wallet";
  private static final String SETTING = "enclave.gcp-kms.credentials-file";
  private static final String FILE = "/etc/wallet/aws.json";

  private final MutableClock time = new MutableClock();
  private final AwsKmsServer aws =
      AwsKmsServer.builder()
          .clock(time::now)
          .instanceRole("wallet-node")
          .containerRole("wallet-task")
          .start();
  private final GcpKmsServer gcp =
      GcpKmsServer.builder().clock(time::now).trusts(PROVIDER, aws).start();
  private final List<String> posted = new ArrayList<>();
  private final NamedHosts network =
      new NamedHosts()
          .with("169.254.169.254", aws.endpoint())
          .with(aws.endpoint().getAuthority(), aws.endpoint())
          .with("sts.eu-west-1.amazonaws.com", aws.endpoint())
          .with("sts.googleapis.com", gcp.metadataEndpoint())
          .with("iamcredentials.googleapis.com", gcp.metadataEndpoint());

  @AfterEach
  void stop() {
    gcp.close();
    aws.close();
  }

  @ParameterizedTest
  @EnumSource(EnvironmentType.class)
  void anInstanceShowsItsRole(EnvironmentType environment) throws Exception {
    assertThat(token(environment, machine())).isNotEmpty();
    assertThat(subject()).contains(":assumed-role/wallet-node/");
  }

  @Test
  void aTaskShowsItsOwnRole_notTheInstances() throws Exception {
    FakeEnvironment task =
        machine()
            .withVariable("AWS_REGION", "eu-west-1")
            .withVariable(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.containerCredentialsUri().toString());
    token(EnvironmentType.PRODUCTION, task);
    assertThat(subject()).contains(":assumed-role/wallet-task/");
  }

  @Test
  void aFunctionShowsItsRole_onceAwsSaysThatItIsOne() throws Exception {
    FakeEnvironment function = lambda(aws.sessionCredentials("wallet-function"));
    token(EnvironmentType.PRODUCTION, function);
    assertThat(subject()).contains(":assumed-role/wallet-function/");
    assertThat(network.meant()).contains("https://sts.eu-west-1.amazonaws.com/");
  }

  @Test
  void refusesLongLivedKeys_inProduction_withTheReason() throws Exception {
    BackendFailure failure = failure(EnvironmentType.PRODUCTION, lambda(aws.credentials()));
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure)
        .hasMessageContaining("AWS_SESSION_TOKEN is not: a long-lived credential")
        .hasMessageNotContaining(aws.credentials().secretAccessKey());
    assertThat(network.meant()).doesNotContain("https://sts.googleapis.com/v1/token");
    assertThat(token(EnvironmentType.DEVELOPMENT, lambda(aws.credentials()))).isNotEmpty();
  }

  @Test
  void refusesSessionCredentials_thatAwsDoesNotKnow() {
    AwsCredentials known = aws.sessionCredentials("wallet-function");
    FakeEnvironment altered = lambda(known).withVariable("AWS_SECRET_ACCESS_KEY", "somebodyElses");
    BackendFailure failure = failure(EnvironmentType.PRODUCTION, altered);
    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure).hasMessageContaining("SignatureDoesNotMatch");
  }

  /** The JDK would quote such a value in its exception. */
  @ParameterizedTest
  @ValueSource(strings = {"AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"})
  void refusesAVariableThatNoHeaderMayHave(String variable) {
    FakeEnvironment function =
        lambda(aws.sessionCredentials("wallet-function")).withVariable(variable, "canary\n");
    BackendFailure failure = failure(EnvironmentType.PRODUCTION, function);
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining(variable).hasMessageNotContaining("canary");
    assertThat(network.meant()).isEmpty();
  }

  /** An id that would end its JSON string goes to Google as what it is, who refuses it. */
  @Test
  void writesWhatNeedsAnEscapeIntoJson_withOne() throws IOException {
    String id = "AK\"},{\"\\";
    FakeEnvironment function = lambda(aws.credentials()).withVariable("AWS_ACCESS_KEY_ID", id);
    assertThat(failure(EnvironmentType.DEVELOPMENT, function).code())
        .isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(shownHeaders().get("authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=" + id + "/");
  }

  @Test
  void doesNotUseTheNodesRole_forAPodThatHasOneOfItsOwn() {
    BackendFailure failure =
        failure(
            EnvironmentType.PRODUCTION,
            machine()
                .withVariable("AWS_REGION", "eu-west-1")
                .withVariable("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/token"));
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageContaining("projected token");
  }

  /** A signature names whom it is for: what was signed for one provider is of no use at another. */
  @Test
  void isRefused_whereThePoolTrustsAnotherAccount() {
    try (AwsKmsServer other =
            AwsKmsServer.builder().account("444455556666").clock(time::now).start();
        GcpKmsServer elsewhere =
            GcpKmsServer.builder().clock(time::now).trusts(PROVIDER, other).start()) {
      network.with("sts.googleapis.com", elsewhere.metadataEndpoint());
      BackendFailure failure = failure(EnvironmentType.PRODUCTION, machine());
      assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
      assertThat(failure)
          .hasMessageContaining("sts.googleapis.com answered HTTP 400")
          .hasMessageContaining("the EC2 instance profile")
          .hasMessageContaining("workload identity pool");
    }
  }

  @Test
  void isTransient_whereTheMetadataServiceIsSilent() {
    network.with("169.254.169.254", URI.create("http://127.0.0.1:1"));
    BackendFailure failure = failure(EnvironmentType.PRODUCTION, machine());
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure).hasMessageContaining("AWS_REGION");
  }

  @ParameterizedTest
  @CsvSource({
    "regional_cred_verification_url, https://sts.{region}.example.org?Action=GetCallerIdentity",
    "url, http://10.0.0.1/latest/meta-data/iam/security-credentials",
    "region_url, http://example.org/latest/meta-data/placement/availability-zone",
    "environment_id, aws2"
  })
  void refusesAFileThatNamesOtherPlaces(String field, String value) {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> choose(EnvironmentType.DEVELOPMENT, machine(), Map.of(field, value)));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining(field);
    assertThat(network.meant()).isEmpty();
  }

  private FakeEnvironment machine() {
    return FakeEnvironment.empty().withMetadata(network);
  }

  private FakeEnvironment lambda(AwsCredentials credentials) {
    FakeEnvironment function =
        machine()
            .withVariable("AWS_REGION", "eu-west-1")
            .withVariable("AWS_ACCESS_KEY_ID", credentials.accessKeyId())
            .withVariable("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey());
    return credentials.sessionToken().isPresent()
        ? function.withVariable("AWS_SESSION_TOKEN", credentials.sessionToken().get())
        : function;
  }

  /** Who Google takes the workload for. */
  private String subject() {
    return gcp.journal().of("ExchangeToken").get(0).principal().orElse("");
  }

  private BackendFailure failure(EnvironmentType environment, FakeEnvironment machine) {
    return catchThrowableOfType(BackendFailure.class, () -> token(environment, machine));
  }

  private String token(EnvironmentType environment, FakeEnvironment machine) throws BackendFailure {
    return choose(environment, machine, Map.of())
        .tokens(time, Runnable::run)
        .get(CallContext.of("test", 1, Deadline.in(Duration.ofSeconds(5), time), time));
  }

  private TokenChain.Chosen choose(
      EnvironmentType environment, FakeEnvironment machine, Map<String, String> changed)
      throws BackendFailure {
    return new TokenChain(
            BackendContext.of(
                new BackendSettings(BackendId.GCP_KMS, Map.of()),
                environment,
                machine.withFile(FILE, file(changed)),
                time,
                new SecureRandom()),
            (request, within) -> {
              request.bodyPublisher().ifPresent(body -> body.subscribe(new Copy(posted)));
              return new NamedExchange(network).send(request, within);
            })
        .choose(Optional.of(FILE), SETTING);
  }

  /** The headers of the signed request that Google was given last, by name. */
  private Map<String, String> shownHeaders() throws IOException {
    String form = posted.get(posted.size() - 1);
    String subjectToken = decoded(form.replaceFirst("(?s).*&subject_token=", ""));
    Map<String, String> headers = new HashMap<>();
    try (JsonParser json = new JsonFactory().createParser(decoded(subjectToken))) {
      // The members of an object of JSON have no order.
      Map<String, String> header = new HashMap<>();
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
          header.put(json.currentName(), json.getText());
        } else if (json.currentToken() == JsonToken.END_OBJECT && header.containsKey("key")) {
          headers.put(header.remove("key"), header.remove("value"));
        }
      }
    }
    return headers;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Copies forms, which are ASCII and published in one piece. */
  private record Copy(List<String> posted) implements Flow.Subscriber<ByteBuffer> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer form) {
      posted.add(StandardCharsets.US_ASCII.decode(form).toString());
    }

    @Override
    public void onError(Throwable thrown) {
      throw new AssertionError(thrown);
    }

    @Override
    public void onComplete() {
      // Nothing is open.
    }
  }

  /** As gcloud 500 writes it, with {@code --enable-imdsv2}. */
  private static String file(Map<String, String> changed) {
    return """
    {
      "universe_domain": "googleapis.com",
      "type": "external_account",
      "audience": "%s",
      "subject_token_type": "urn:ietf:params:aws:token-type:aws4_request",
      "token_url": "https://sts.googleapis.com/v1/token",
      "credential_source": {
        "environment_id": "%s",
        "region_url": "%s",
        "url": "%s",
        "regional_cred_verification_url": "%s",
        "imdsv2_session_token_url": "http://169.254.169.254/latest/api/token"
      },
      "token_info_url": "https://sts.googleapis.com/v1/introspect"
    }
    """
        .formatted(
            PROVIDER,
            changed.getOrDefault("environment_id", "aws1"),
            changed.getOrDefault(
                "region_url",
                "http://169.254.169.254/latest/meta-data/placement/availability-zone"),
            changed.getOrDefault(
                "url", "http://169.254.169.254/latest/meta-data/iam/security-credentials"),
            changed.getOrDefault(
                "regional_cred_verification_url",
                "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"));
  }
}

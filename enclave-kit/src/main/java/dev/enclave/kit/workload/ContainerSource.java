package dev.enclave.kit.workload;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The role of an ECS task, of a pod by EKS Pod Identity, of a Lambda function started from a
 * snapshot, by the agent beside it: where its credentials are handed out, if the address is one
 * that AWS's own SDKs would ask: any by TLS; without TLS this machine's own and three documented
 * ones. ("Container credential provider", AWS SDKs and Tools Reference Guide.)
 */
public final class ContainerSource {

  public static final String RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
  public static final String FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

  private static final String TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
  private static final String TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
  private static final String ECS = "http://169.254.170.2";
  private static final String AGENTS = "169\\.254\\.170\\.23?|\\[fd00:ec2::23]";
  private static final Duration WITHIN = Duration.ofSeconds(5);

  private ContainerSource() {}

  /**
   * The agent that variables name; none if they name none.
   *
   * @param linkLocal asks those at link-local addresses
   * @param network asks others
   */
  public static Optional<CredentialSource<AwsSecurityCredentials>> of(
      EnvironmentSnapshot environment, MetadataService linkLocal, HttpExchange network)
      throws BackendFailure {
    Optional<String> relative = environment.variable(RELATIVE);
    Optional<String> full = environment.variable(FULL);
    if (relative.isEmpty() && full.isEmpty()) {
      return Optional.empty();
    }
    URI endpoint = relative.isPresent() ? relative(relative.get()) : full(full.orElseThrow());
    return Optional.of(
        CredentialSource.of(
            Texts.CONTAINER_ENDPOINT.with(),
            () -> credentials(ask(endpoint, authorization(environment), linkLocal, network)),
            () -> {}));
  }

  private static URI relative(String path) throws BackendFailure {
    return Answers.address(path)
        .filter(uri -> uri.getScheme() == null && uri.getRawAuthority() == null)
        .filter(uri -> path.startsWith("/"))
        .flatMap(uri -> Answers.address(ECS + path))
        .orElseThrow(() -> wrong(RELATIVE, Texts.NO_PATH.with()));
  }

  private static URI full(String text) throws BackendFailure {
    URI uri =
        Answers.address(text)
            .filter(u -> u.getHost() != null && u.getRawUserInfo() == null)
            .filter(u -> u.getRawFragment() == null)
            .orElseThrow(() -> wrong(FULL, Texts.NO_URL.with()));
    if (!"https".equals(uri.getScheme()) && !Answers.isNear(uri, AGENTS)) {
      throw wrong(FULL, Texts.NOT_SECURE.with());
    }
    return uri;
  }

  /** The value is not quoted: a path may be as good as a password. */
  private static BackendFailure wrong(String variable, String observed) {
    return Texts.VARIABLE_WRONG.permanent(FailureCode.REFUSED, variable, observed);
  }

  private static Expiring<AwsSecurityCredentials> credentials(MetadataAnswer answer)
      throws BackendFailure {
    if (answer instanceof MetadataAnswer.Silent silent) {
      throw none(silent.reason());
    }
    Answered answered = (Answered) answer;
    if (answered.status() >= 400 && answered.status() < 500 && answered.status() != 429) {
      throw Texts.CONTAINER_REFUSED.permanent(FailureCode.ACCESS_DENIED, answered.status());
    }
    return Optional.of(answered)
        .filter(a -> a.status() == 200)
        .flatMap(a -> AwsSecurityCredentials.parse(a.body()))
        .orElseThrow(() -> none(Texts.NO_CREDENTIALS.with(answered.status())));
  }

  private static MetadataAnswer ask(
      URI endpoint, Optional<String> token, MetadataService linkLocal, HttpExchange network) {
    Map<String, String> headers = token.map(t -> Map.of("Authorization", t)).orElse(Map.of());
    MetadataRequest request;
    try {
      request = new MetadataRequest(MetadataRequest.Method.GET, endpoint, headers);
    } catch (IllegalArgumentException e) {
      HttpRequest.Builder elsewhere =
          HttpRequest.newBuilder(endpoint).header("Accept", "application/json");
      headers.forEach(elsewhere::header);
      return network.send(elsewhere.build(), WITHIN).toMetadata();
    }
    return linkLocal.send(request);
  }

  /** Read each time: the file is rotated. */
  private static Optional<String> authorization(EnvironmentSnapshot environment)
      throws BackendFailure {
    Optional<String> file = environment.variable(TOKEN_FILE);
    Optional<String> token =
        file.isPresent() ? Answers.file(environment, file.get()) : environment.variable(TOKEN);
    if (file.isPresent() && token.isEmpty()) {
      throw none(Texts.TOKEN_FILE_EMPTY.with(TOKEN_FILE));
    }
    if (token.filter(t -> !Answers.fitHeader(t)).isPresent()) {
      throw none(Texts.NO_HEADER_OF_TOKEN.with());
    }
    return token;
  }

  private static BackendFailure none(String observed) {
    return Texts.NO_CREDENTIALS_OF_CONTAINER.transientFailure(FailureCode.UNAVAILABLE, observed);
  }
}

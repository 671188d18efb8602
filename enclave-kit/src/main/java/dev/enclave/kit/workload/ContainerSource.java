package dev.enclave.kit.workload;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpExchange;
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
 * snapshot, by the agent beside it.
 */
public final class ContainerSource implements CredentialSource<AwsSecurityCredentials> {

  private static final String TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
  private static final String TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

  private static final Duration WITHIN = Duration.ofSeconds(5);

  private final EnvironmentSnapshot environment;
  private final MetadataService linkLocal;
  private final HttpExchange network;
  private final URI endpoint;

  private ContainerSource(
      EnvironmentSnapshot environment,
      MetadataService linkLocal,
      HttpExchange network,
      URI endpoint) {
    this.environment = environment;
    this.linkLocal = linkLocal;
    this.network = network;
    this.endpoint = endpoint;
  }

  /**
   * The agent that variables name; none if they name none.
   *
   * @param linkLocal asks those at link-local addresses
   * @param network asks others
   */
  public static Optional<CredentialSource<AwsSecurityCredentials>> of(
      EnvironmentSnapshot environment, MetadataService linkLocal, HttpExchange network)
      throws BackendFailure {
    Optional<String> relative = environment.variable(ContainerEndpoint.RELATIVE);
    Optional<String> full = environment.variable(ContainerEndpoint.FULL);
    if (relative.isEmpty() && full.isEmpty()) {
      return Optional.empty();
    }
    URI endpoint =
        relative.isPresent()
            ? ContainerEndpoint.relative(relative.get())
            : ContainerEndpoint.full(full.orElseThrow());
    return Optional.of(new ContainerSource(environment, linkLocal, network, endpoint));
  }

  @Override
  public String named() {
    return "the container's credential endpoint";
  }

  @Override
  public Expiring<AwsSecurityCredentials> fetch() throws BackendFailure {
    MetadataAnswer answer =
        ask(authorization().map(t -> Map.of("Authorization", t)).orElse(Map.of()));
    if (answer instanceof MetadataAnswer.Silent silent) {
      throw unavailable(silent.reason());
    }
    Answered answered = (Answered) answer;
    if (answered.status() >= 400 && answered.status() < 500 && answered.status() != 429) {
      throw BackendFailure.permanent(
          FailureCode.ACCESS_DENIED,
          "The container's credential endpoint refused with HTTP " + answered.status() + ".",
          "Give the task or the pod a role, and check the authorization token's file.");
    }
    return Optional.of(answered)
        .filter(a -> a.status() == 200)
        .flatMap(a -> CredentialDocument.parse(a.body()))
        .orElseThrow(() -> unavailable("HTTP " + answered.status() + " and no credentials"));
  }

  private MetadataAnswer ask(Map<String, String> headers) {
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
  private Optional<String> authorization() throws BackendFailure {
    Optional<String> file = environment.variable(TOKEN_FILE);
    Optional<String> token =
        file.isPresent()
            ? environment.read(file.get()).map(String::strip)
            : environment.variable(TOKEN);
    if (file.isPresent() && token.filter(t -> !t.isEmpty()).isEmpty()) {
      throw unavailable("the file that " + TOKEN_FILE + " names is empty or cannot be read");
    }
    if (token.filter(t -> !HeaderText.fits(t)).isPresent()) {
      throw unavailable("the authorization token has characters that no HTTP header may have");
    }
    return token;
  }

  private static BackendFailure unavailable(String observed) {
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE,
        "No credentials of the container's credential endpoint: " + observed + ".",
        "Look at the agent that serves it.");
  }
}

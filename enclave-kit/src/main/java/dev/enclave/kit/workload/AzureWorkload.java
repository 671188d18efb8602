package dev.enclave.kit.workload;

import dev.enclave.internal.Quoted;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A workload that runs on Azure and uses a key of another cloud: tokens of its managed identity,
 * from the endpoint of App Service, Functions or Container Apps, else from the instance metadata
 * service ("How to use managed identities for App Service", REST endpoint reference; "How to use
 * managed identities on an Azure VM to acquire an access token").
 */
public final class AzureWorkload {

  /** Longer than the metadata service takes for a token that it has to fetch itself. */
  private static final Duration WITHIN = Duration.ofSeconds(5);

  private static final String IMDS = "http://169.254.169.254/metadata/identity/oauth2/token";
  private static final String IMDS_VERSION = "2018-02-01";
  private static final String APP_SERVICE_VERSION = "2019-08-01";

  /** Service Fabric's, Azure Arc's. */
  private static final List<String> OTHERS = List.of("IDENTITY_SERVER_THUMBPRINT", "IMDS_ENDPOINT");

  /** An application's id URI, or its id: a service of Azure's is neither. */
  private static final Pattern APPLICATION =
      Pattern.compile("api://[A-Za-z0-9._~/-]{1,250}|" + IdentityToken.UUID);

  private final EnvironmentSnapshot environment;
  private final HttpExchange exchange;

  /** The one that this process is. */
  public AzureWorkload(EnvironmentSnapshot environment, HttpExchange exchange) {
    this.environment = environment;
    this.exchange = exchange;
  }

  /** Whether {@code uri} is the metadata service's, of which files and guides have the address. */
  public static boolean isMetadataService(URI uri) {
    return IMDS.equals(uri.getScheme() + "://" + uri.getAuthority() + uri.getRawPath());
  }

  /**
   * A token for an audience that an application of the directory stands for: one for a service of
   * Azure, such as its key vaults, would let the other cloud use that.
   *
   * @param resource the application's id URI, such as {@code api://enclave-aws}, or its id
   * @param clientId of a user-assigned identity
   */
  public IdentityToken token(String resource, Optional<String> clientId) throws BackendFailure {
    if (!APPLICATION.matcher(resource).matches()) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "A token of an Azure identity was to be shown to another cloud with the audience "
              + Quoted.of(resource)
              + ", which is neither an id URI of the form api://... nor the id of an application.",
          "Name the application that stands for the other cloud in the directory.");
    }
    for (String other : OTHERS) {
      if (environment.variable(other).isPresent()) {
        throw BackendFailure.permanent(
            FailureCode.REFUSED,
            "Variable "
                + other
                + " is set, as on Azure Arc or Service Fabric, whose identities Enclave does not"
                + " use.",
            "Run it on App Service, Container Apps or a virtual machine.");
      }
    }
    Optional<AppServiceEndpoint> endpoint = AppServiceEndpoint.of(environment);
    String query =
        "&resource="
            + encoded(resource)
            + clientId.map(id -> "&client_id=" + encoded(id)).orElse("");
    return endpoint.isPresent()
        ? ask(
            HttpRequest.newBuilder(
                    URI.create(
                        endpoint.get().address() + "?api-version=" + APP_SERVICE_VERSION + query))
                .header("X-IDENTITY-HEADER", endpoint.get().header())
                .build(),
            "the managed identity endpoint of " + AppServiceEndpoint.ENDPOINT,
            resource)
        : ask(
            HttpRequest.newBuilder(URI.create(IMDS + "?api-version=" + IMDS_VERSION + query))
                .header("Metadata", "true")
                .build(),
            "the instance metadata service",
            resource);
  }

  private IdentityToken ask(HttpRequest request, String named, String resource)
      throws BackendFailure {
    HttpAnswer answer = exchange.send(request, WITHIN);
    if (answer instanceof HttpAnswer.Silent silent) {
      throw unavailable(
          named
              + " gave no token: "
              + silent.observed()
              + ". Look at what keeps this process from there, and whether it runs on Azure.");
    }
    HttpAnswer.Answered answered = (HttpAnswer.Answered) answer;
    int status = answered.status();
    if (status == 404 || status == 410 || status == 429 || status >= 500) {
      throw unavailable(
          named
              + " answered HTTP "
              + status
              + " instead of a token. It may be starting or being updated.");
    }
    if (status != 200) {
      throw BackendFailure.permanent(
          FailureCode.ACCESS_DENIED,
          named + " answered HTTP " + status + " to a request for a token for " + resource + ".",
          "Assign an identity to the workload, and see that the directory has an"
              + " application with this id URI.");
    }
    return Optional.ofNullable(JsonFields.of(answered.text()).get("access_token"))
        .flatMap(IdentityToken::parse)
        .filter(token -> token.isFor(resource) || token.isForAnId())
        .orElseThrow(
            () ->
                unavailable(named + " answered something else than a token for " + resource + "."));
  }

  private static BackendFailure unavailable(String observed) {
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE, Character.toUpperCase(observed.charAt(0)) + observed.substring(1));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

package dev.enclave.kit.workload;

import static dev.enclave.kit.Failures.denied;
import static dev.enclave.kit.Failures.misconfigured;
import static dev.enclave.kit.Failures.refused;
import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.internal.Quoted;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A workload that runs on Azure and uses a key of another cloud: tokens of its managed identity,
 * from the endpoint of App Service, Functions or Container Apps, else from the instance metadata
 * service ("How to use managed identities for App Service", REST endpoint reference; "How to use
 * managed identities on an Azure VM to acquire an access token").
 */
public final class AzureWorkload implements IdentityToken.Source {

  private static final String IMDS = "http://169.254.169.254/metadata/identity/oauth2/token";
  private static final String IMDS_VERSION = "?api-version=2018-02-01";
  private static final String APP_SERVICE_VERSION = "?api-version=2019-08-01";

  /** Service Fabric's, Azure Arc's. */
  private static final List<String> OTHERS = List.of("IDENTITY_SERVER_THUMBPRINT", "IMDS_ENDPOINT");

  /** An application's id URI, or its id: a service of Azure's is neither. */
  private static final Pattern APPLICATION =
      Pattern.compile("api://[A-Za-z0-9._~/-]{1,250}|" + IdentityToken.UUID);

  /**
   * Where App Service, Functions and Container Apps hand out tokens of a managed identity.
   *
   * @param address without a query
   * @param header a secret that goes there, in {@code X-IDENTITY-HEADER}
   */
  public record AppService(URI address, String header) {

    public static final String ENDPOINT = "IDENTITY_ENDPOINT";
    public static final String HEADER = "IDENTITY_HEADER";

    private static final String PLATFORM =
        "169\\.254(\\.[0-9]{1,3}){2}|172\\.(1[6-9]|2[0-9]|3[01])(\\.[0-9]{1,3}){2}";
    private static final String PLATFORMS_OWN = "The platform sets it: do not set it yourself.";

    /**
     * The one that variables name; none if they name none.
     *
     * <p>Where the platforms have it, by what they are seen to set: on this machine ("Use managed
     * identities", App Service; Container Apps; Functions), a link-local address (App Service on
     * Linux), or one of 172.16.0.0/12 (the same; Azure/go-autorest, adal,
     * TestGetAppServiceEndpoint).
     *
     * @throws BackendFailure where the address is another, or the header is missing or can be none
     */
    public static Optional<AppService> of(EnvironmentSnapshot environment) throws BackendFailure {
      Optional<String> endpoint = environment.variable(ENDPOINT);
      if (endpoint.isEmpty()) {
        return Optional.empty();
      }
      Optional<String> header = environment.variable(HEADER);
      if (header.isEmpty()) {
        throw misconfigured(
            "Variable " + ENDPOINT + " is set and " + HEADER + " is not.", "Set both, or neither.");
      }
      if (!Answers.fitHeader(header.get())) {
        throw misconfigured(
            "Variable "
                + HEADER
                + " has characters that no HTTP header may have, such as a line end.",
            PLATFORMS_OWN);
      }
      return Optional.of(
          new AppService(
              Answers.address(endpoint.get())
                  .filter(address -> Answers.isNear(address, PLATFORM))
                  .orElseThrow(
                      () ->
                          refused(
                              "Variable "
                                  + ENDPOINT
                                  + " names no address at which App Service, Functions or"
                                  + " Container Apps have it.",
                              PLATFORMS_OWN)),
              header.get()));
    }

    /** The address alone. */
    @Override
    public String toString() {
      return "AppService[" + address + "]";
    }
  }

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

  @Override
  public IdentityToken token(String audience) throws BackendFailure {
    return token(audience, Optional.empty());
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
      throw misconfigured(
          "A token of an Azure identity was to be shown to another cloud with the audience "
              + Quoted.of(resource)
              + ", which is neither an id URI of the form api://... nor the id of an application.",
          "Name the application that stands for the other cloud in the directory.");
    }
    for (String other : OTHERS) {
      if (environment.variable(other).isPresent()) {
        throw refused(
            "Variable "
                + other
                + " is set, as on Azure Arc or Service Fabric, whose identities Enclave does not"
                + " use.",
            "Run it on App Service, Container Apps or a virtual machine.");
      }
    }
    Optional<AppService> app = AppService.of(environment);
    String query =
        "&resource=" + encoded(resource) + clientId.map(c -> "&client_id=" + encoded(c)).orElse("");
    return app.isPresent()
        ? ask(
            HttpRequest.newBuilder(URI.create(app.get().address() + APP_SERVICE_VERSION + query))
                .header("X-IDENTITY-HEADER", app.get().header()),
            "The managed identity endpoint of " + AppService.ENDPOINT,
            resource)
        : ask(
            HttpRequest.newBuilder(URI.create(IMDS + IMDS_VERSION + query))
                .header("Metadata", "true"),
            "The instance metadata service",
            resource);
  }

  private IdentityToken ask(HttpRequest.Builder request, String named, String resource)
      throws BackendFailure {
    String what = "a request for a token for " + resource;
    Answered answered =
        Answers.of(
            exchange,
            request.build(),
            named,
            what,
            "Look at what keeps this process from there, and whether it runs on Azure.");
    if (answered.status() == 404 || answered.status() == 410) {
      throw unavailable(
          Answers.told(named, answered, what), "It may be starting or being updated.");
    }
    if (answered.status() != 200) {
      throw denied(
          Answers.told(named, answered, what),
          "Assign an identity to the workload, and see that the directory has an application with"
              + " this id URI.");
    }
    return Optional.ofNullable(Answers.fields(answered.text()).get("access_token"))
        .flatMap(IdentityToken::parse)
        .filter(token -> token.isFor(resource) || token.isForAnId())
        .orElseThrow(
            () ->
                unavailable(
                    named + " answered something else than a token for " + resource + ".",
                    "Ask again."));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

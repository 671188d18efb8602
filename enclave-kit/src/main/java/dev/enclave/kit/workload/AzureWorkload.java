package dev.enclave.kit.workload;

import static dev.enclave.kit.Failures.denied;
import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.internal.Quoted;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.http.Obstacle;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A workload that runs on Azure: tokens of its managed identity, from the endpoint of App Service,
 * Functions or Container Apps, else from the instance metadata service ("How to use managed
 * identities for App Service", REST endpoint reference; "How to use managed identities on an Azure
 * VM to acquire an access token"). Microsoft's library for them reads the process's variables by
 * itself, and keeps tokens for the whole process.
 *
 * @param environment of this process, which is the workload
 * @param exchange the way to either
 */
public record AzureWorkload(EnvironmentSnapshot environment, HttpExchange exchange)
    implements IdentityToken.Source {

  private static final String IMDS = "http://169.254.169.254/metadata/identity/oauth2/token";
  private static final String IMDS_VERSION = "2018-02-01";
  private static final String APP_SERVICE_VERSION = "2019-08-01";

  /** Azure Arc's. */
  private static final String ARC = "IMDS_ENDPOINT";

  /** Service Fabric's, which sets it beside endpoint and header. */
  private static final String FABRIC = "IDENTITY_SERVER_THUMBPRINT";

  /** Cloud Shell's alone; App Service and Container Apps have it beside their newer variables. */
  private static final String CLOUD_SHELL = "MSI_ENDPOINT";

  /** An application's id URI, or its id: a service of Azure's is neither. */
  private static final Pattern APPLICATION =
      Pattern.compile("api://[A-Za-z0-9._~/-]{1,250}|" + IdentityToken.UUID);

  private static final Pattern EPOCH_SECOND = Pattern.compile("[0-9]{1,12}");
  private static final Duration WITHIN = Duration.ofSeconds(5);

  private static final String ENDPOINT = "IDENTITY_ENDPOINT";
  private static final String HEADER = "IDENTITY_HEADER";

  /**
   * Where the platforms have theirs, by what they are seen to set: on this machine ("Use managed
   * identities", App Service; Container Apps; Functions), a link-local address (App Service on
   * Linux), or one of 172.16.0.0/12 (the same; Azure/go-autorest, adal, TestGetAppServiceEndpoint).
   */
  private static final String PLATFORM =
      "169\\.254(\\.[0-9]{1,3}){2}|172\\.(1[6-9]|2[0-9]|3[01])(\\.[0-9]{1,3}){2}";

  private static final String PLATFORMS_OWN = Texts.SET_BY_PLATFORM.with();

  /** Who hands out its tokens, and what makes a request one of a workload's. */
  private record Endpoint(String named, String address, String header, String value) {

    /** Without the value, which may be a secret. */
    @Override
    public String toString() {
      return named;
    }
  }

  /** Whether {@code uri} is the metadata service's, of which files and guides have the address. */
  public static boolean isMetadataService(URI uri) {
    return IMDS.equals(uri.getScheme() + "://" + uri.getAuthority() + uri.getRawPath());
  }

  /**
   * Tokens for a service of Azure, for which alone they are.
   *
   * @param service such as {@code https://vault.azure.net}
   * @param clientId of a user-assigned identity
   * @param fix what to look at if none is given
   * @throws BackendFailure where the platform's identities are not used
   */
  public CredentialSource<String> tokens(String service, Optional<String> clientId, String fix)
      throws BackendFailure {
    Endpoint endpoint = endpoint();
    return CredentialSource.of(
        endpoint.named(),
        () -> {
          Map<String, String> fields = ask(endpoint, service, clientId, fix);
          String token = fields.getOrDefault("access_token", "");
          Optional<Instant> end =
              Optional.ofNullable(fields.get("expires_on"))
                  .filter(text -> EPOCH_SECOND.matcher(text).matches())
                  .map(text -> Instant.ofEpochSecond(Long.parseLong(text)));
          if (token.isEmpty() || !Answers.fitHeader(token) || end.isEmpty()) {
            throw somethingElse(endpoint.named(), service);
          }
          return new Expiring<>(token, end);
        },
        () -> {});
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
      throw Texts.NO_AUDIENCE_OF_AZURE.permanent(FailureCode.MISCONFIGURED, Quoted.of(resource));
    }
    Endpoint endpoint = endpoint();
    String fix = Texts.ASSIGN_IDENTITY.with(resource);
    return Optional.ofNullable(ask(endpoint, resource, clientId, fix).get("access_token"))
        .flatMap(IdentityToken::parse)
        .filter(token -> token.isFor(resource) || token.isForAnId())
        .orElseThrow(() -> somethingElse(endpoint.named(), resource));
  }

  private Endpoint endpoint() throws BackendFailure {
    requireAbsent(ARC);
    Optional<String> address = environment.variable(ENDPOINT);
    if (address.isPresent()) {
      return appService(address.get());
    }
    requireAbsent(CLOUD_SHELL);
    return new Endpoint(
        Texts.THE_METADATA_SERVICE.with(),
        IMDS + "?api-version=" + IMDS_VERSION,
        "Metadata",
        "true");
  }

  private Endpoint appService(String address) throws BackendFailure {
    Optional<String> header = environment.variable(HEADER);
    if (header.isEmpty()) {
      throw Texts.VARIABLE_WITHOUT_OTHER.permanent(FailureCode.MISCONFIGURED, ENDPOINT, HEADER);
    }
    requireAbsent(FABRIC);
    if (!Answers.fitHeader(header.get())) {
      throw Texts.NO_HEADER.permanent(FailureCode.MISCONFIGURED, HEADER, PLATFORMS_OWN);
    }
    if (Answers.address(address).filter(uri -> Answers.isNear(uri, PLATFORM)).isEmpty()) {
      throw Texts.NO_ADDRESS.permanent(FailureCode.REFUSED, ENDPOINT, PLATFORMS_OWN);
    }
    return new Endpoint(
        Texts.IDENTITY_ENDPOINT.with(ENDPOINT),
        address + "?api-version=" + APP_SERVICE_VERSION,
        "X-IDENTITY-HEADER",
        header.get());
  }

  private void requireAbsent(String variable) throws BackendFailure {
    if (environment.variable(variable).isPresent()) {
      throw Texts.PLACE_NOT_USED.permanent(FailureCode.REFUSED, variable);
    }
  }

  private Map<String, String> ask(
      Endpoint endpoint, String resource, Optional<String> clientId, String fix)
      throws BackendFailure {
    String query =
        "&resource="
            + encoded(resource)
            + clientId.map(id -> "&client_id=" + encoded(id)).orElse("");
    HttpAnswer answer =
        exchange.send(
            HttpRequest.newBuilder(URI.create(endpoint.address() + query))
                .header(endpoint.header(), endpoint.value())
                .build(),
            WITHIN);
    if (answer instanceof HttpAnswer.Answered answered && answered.status() == 200) {
      return Answers.fields(answered.text());
    }
    throw noToken(endpoint.named(), answer, fix);
  }

  /**
   * Why whoever hands out tokens gave none. The metadata service says 404 and 410 while it is being
   * updated ("Error handling", Retry guidance).
   *
   * @param named who was asked
   * @param fix what to look at if that is for good
   */
  public static BackendFailure noToken(String named, HttpAnswer answer, String fix) {
    if (answer instanceof HttpAnswer.Silent silent) {
      return Texts.NO_TOKEN_SINCE.transientFailure(
          FailureCode.UNAVAILABLE,
          named,
          silent.observed(),
          silent.obstacle() == Obstacle.CERTIFICATE
              ? Texts.TRUST_OR_FIND_OUT.with()
              : Texts.IDENTITY_UNKNOWN.with());
    }
    HttpAnswer.Answered answered = (HttpAnswer.Answered) answer;
    int status = answered.status();
    String observed = Texts.NO_TOKEN_FOR_STATUS.with(named, status);
    if (status == 429) {
      return BackendFailure.throttled(observed, answered.retryAfter())
          .advising(Texts.SEND_LESS.with());
    }
    if (status == 404 || status == 410) {
      return unavailable(observed, Texts.MAY_BE_STARTING.with());
    }
    return status >= 500
        ? unavailable(observed, Texts.FAILED_ON_ITS_SIDE.with())
        : denied(observed, fix);
  }

  /** Why there is no token where who was asked said 200. */
  public static BackendFailure somethingElse(String named, String resource) {
    return Texts.NOT_A_TOKEN.transientFailure(FailureCode.UNAVAILABLE, named, resource);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

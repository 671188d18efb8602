package dev.enclave.emulators.internal.gcp.federation;

import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.form.Form;
import dev.enclave.emulators.internal.gcp.auth.AccessTokens;
import dev.enclave.emulators.internal.gcp.auth.AccessTokens.Token;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.internal.token.TrustedIssuer;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The token method of the Security Token Service API (RFC 8693) and generateAccessToken of the
 * Service Account Credentials API, as "Workload Identity Federation" of IAM describes them. Tokens
 * of others are compared with those that the server was told; no identity provider is asked.
 */
public final class FederationService implements Service {

  private static final String TOKEN = "/v1/token";
  private static final String ACCOUNTS = "/v1/projects/-/serviceAccounts/";
  private static final String GENERATE = ":generateAccessToken";
  private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
  private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
  private static final String PROVIDERS = "/providers/";
  // Service Account Credentials API, generateAccessToken: lifetime: "a maximum of 1 hour" by
  // default.
  private static final Duration LONGEST = Duration.ofHours(1);

  /**
   * A workload that may come.
   *
   * @param audience {@code //iam.googleapis.com/projects/…/workloadIdentityPools/…/providers/…}
   * @param subjectToken what its identity provider gave it
   * @param subject who it is
   */
  public record Workload(String audience, String subjectToken, String subject) {

    /** What the journal may have of it. */
    @Override
    public String toString() {
      return "Workload[" + subject + "]";
    }
  }

  /**
   * A provider for tokens that somebody else issues.
   *
   * @param audience its full name
   */
  public record TokenProvider(String audience, TrustedIssuer issuer) {}

  /** Who may come. */
  public record Trusted(
      List<Workload> workloads, List<TokenProvider> tokens, List<AwsCallers> aws) {}

  private final Trusted trusted;
  private final AccessTokens tokens;
  private final DenyRules denied;

  /** For those who may come. */
  public FederationService(Trusted trusted, AccessTokens tokens, DenyRules denied) {
    this.trusted = trusted;
    this.tokens = tokens;
    this.denied = denied;
  }

  /** The name of what {@code request} asks for; empty if it is not for this service. */
  public static Optional<String> operationOf(ServiceRequest request) {
    if (request.path().equals(TOKEN)) {
      return Optional.of("ExchangeToken");
    }
    return request.path().startsWith(ACCOUNTS) && request.path().endsWith(GENERATE)
        ? Optional.of("GenerateAccessToken")
        : Optional.empty();
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    if (!request.method().equals("POST")) {
      return refused(405, "invalid_request", "The method must be POST.");
    }
    return request.operation().equals("ExchangeToken") ? exchange(request) : impersonate(request);
  }

  /** Security Token Service API, v1.token; errors as in RFC 6749 §5.2. */
  private ServiceResponse exchange(ServiceRequest request) {
    Map<String, String> form = Form.parse(request.body());
    if (!EXCHANGE.equals(form.get("grant_type"))) {
      return refused(400, "unsupported_grant_type", "The grant_type must be a token exchange.");
    }
    if (!ACCESS_TOKEN.equals(form.get("requested_token_type"))
        || form.getOrDefault("subject_token_type", "").isEmpty()
        || form.getOrDefault("scope", "").isEmpty()) {
      return refused(400, "invalid_request", "A parameter is missing or not supported.");
    }
    String audience = form.getOrDefault("audience", "");
    Optional<String> known = subject(form, audience, request);
    if (known.isEmpty()) {
      return refused(400, "invalid_grant", "The subject token is not one of the audience.");
    }
    Token token = tokens.issue(principal(audience, known.get()), request.time(), LONGEST);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("access_token", token.value());
    answer.put("issued_token_type", ACCESS_TOKEN);
    answer.put("token_type", "Bearer");
    answer.put("expires_in", LONGEST.toSeconds());
    return json(200, answer).askedBy(token.principal());
  }

  /** "Principal identifiers": a single identity in a workload identity pool. */
  private static String principal(String audience, String subject) {
    return "principal:"
        + audience.substring(0, audience.indexOf(PROVIDERS))
        + "/subject/"
        + subject;
  }

  private Optional<String> subject(
      Map<String, String> form, String audience, ServiceRequest request) {
    String token = form.getOrDefault("subject_token", "");
    if (AwsCallers.TOKEN_TYPE.equals(form.get("subject_token_type"))) {
      return trusted.aws().stream()
          .filter(provider -> provider.audience().equals(audience))
          .flatMap(provider -> provider.subjectOf(token, request).stream())
          .findFirst();
    }
    return trusted.workloads().stream()
        .filter(workload -> workload.audience().equals(audience))
        .filter(workload -> workload.subjectToken().equals(token))
        .map(Workload::subject)
        .findFirst()
        .or(
            () ->
                trusted.tokens().stream()
                    .filter(provider -> provider.audience().equals(audience))
                    .flatMap(
                        provider -> provider.issuer().subjectOf(token, request.time()).stream())
                    .findFirst());
  }

  /** Service Account Credentials API, projects.serviceAccounts.generateAccessToken. */
  private ServiceResponse impersonate(ServiceRequest request) {
    String path = request.path();
    String email = path.substring(ACCOUNTS.length(), path.length() - GENERATE.length());
    String principal;
    try {
      principal = tokens.principal(request, "iamcredentials.googleapis.com");
    } catch (GcpFailure failure) {
      return refused(401, "UNAUTHENTICATED", Objects.toString(failure.getMessage()));
    }
    String resource = "projects/-/serviceAccounts/" + email;
    if (denied.denies(List.of(principal), "iam.serviceAccounts.getAccessToken", resource)) {
      return refused(
          403, "PERMISSION_DENIED", "Permission 'iam.serviceAccounts.getAccessToken' denied.");
    }
    Optional<Duration> lifetime = lifetime(request);
    if (lifetime.isEmpty()) {
      return refused(400, "INVALID_ARGUMENT", "The lifetime must be between 1s and 3600s.");
    }
    Token token = tokens.issue(email, request.time(), lifetime.get());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("accessToken", token.value());
    answer.put("expireTime", token.expiry().truncatedTo(ChronoUnit.SECONDS).toString());
    return json(200, answer).askedBy(principal);
  }

  private static Optional<Duration> lifetime(ServiceRequest request) {
    Map<String, @Nullable Object> body = Json.parseObject(request.body()).orElse(Map.of());
    if (!(body.get("lifetime") instanceof String text)) {
      return Optional.of(LONGEST);
    }
    return text.matches("[1-9][0-9]{0,3}s")
        ? Optional.of(Duration.parse("PT" + text)).filter(asked -> asked.compareTo(LONGEST) <= 0)
        : Optional.empty();
  }

  private static ServiceResponse refused(int status, String error, String description) {
    return json(status, Map.of("error", error, "error_description", description)).failedWith(error);
  }

  private static ServiceResponse json(int status, Map<String, ?> body) {
    return ServiceResponse.of(status, Json.write(body))
        .withHeader("Content-Type", "application/json");
  }
}

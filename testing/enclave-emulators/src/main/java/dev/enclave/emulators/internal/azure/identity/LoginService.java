package dev.enclave.emulators.internal.azure.identity;

import dev.enclave.emulators.internal.form.Form;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.internal.token.SignedTokens;
import dev.enclave.emulators.internal.token.TrustedIssuer;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The Microsoft Entra authority of one directory, as far as workload identities need it (identity
 * platform documentation, "OAuth 2.0 client credentials flow", Third case: Access token request
 * with a federated credential; "OpenID Connect", Find your app's OpenID configuration document
 * URI).
 */
public final class LoginService implements Service {

  private static final String DEFAULT_SCOPE = "/.default";
  private static final Set<String> OPENID_SCOPES =
      Set.of("openid", "profile", "email", "offline_access");
  private static final String ASSERTION_TYPE =
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  private final AccessTokens tokens;
  private final Identity identity;
  private final String federatedToken;
  private final List<TrustedIssuer> federated;
  private final Duration lifetime;

  /**
   * Of one directory.
   *
   * @param federatedToken what the identity's workload proves itself with
   * @param federated whose tokens of other identity providers prove it too
   * @param lifetime of tokens
   */
  public LoginService(
      AccessTokens tokens,
      Identity identity,
      String federatedToken,
      List<TrustedIssuer> federated,
      Duration lifetime) {
    this.tokens = tokens;
    this.identity = identity;
    this.federatedToken = federatedToken;
    this.federated = List.copyOf(federated);
    this.lifetime = lifetime;
  }

  /** The name of what {@code request} asks for; empty if it is not for this service. */
  public static Optional<String> operationOf(ServiceRequest request) {
    String path = request.path();
    if (path.endsWith("/oauth2/v2.0/token")) {
      return Optional.of("Token");
    }
    if (path.endsWith("/.well-known/openid-configuration")) {
      return Optional.of("OpenIdConfiguration");
    }
    if (path.endsWith("/discovery/v2.0/keys")) {
      return Optional.of("SigningKeys");
    }
    return path.endsWith("/discovery/instance")
        ? Optional.of("InstanceDiscovery")
        : Optional.empty();
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    if (request.path().endsWith("/discovery/instance")) {
      return instanceDiscovery(request);
    }
    String tenant = request.path().split("/", -1)[1];
    if (!tenant.equalsIgnoreCase(tokens.tenant())) {
      return error(request, 400, "invalid_request", 90002, "Tenant '" + tenant + "' not found.");
    }
    return switch (operationOf(request).orElse("")) {
      case "Token" -> token(request);
      case "OpenIdConfiguration" -> json(200, openIdConfiguration(request));
      default -> json(200, SignedTokens.keySet());
    };
  }

  private ServiceResponse token(ServiceRequest request) {
    Map<String, String> form = Form.parse(request.body());
    if (!form.getOrDefault("grant_type", "").equals("client_credentials")) {
      return error(request, 400, "unsupported_grant_type", 70003, "The grant type is not served.");
    }
    String scope = resourceScope(form.getOrDefault("scope", ""));
    if (!scope.endsWith(DEFAULT_SCOPE)) {
      return error(
          request, 400, "invalid_scope", 1002012, "The scope must end in " + DEFAULT_SCOPE + ".");
    }
    if (!form.getOrDefault("client_id", "").equals(identity.clientId())) {
      return error(request, 400, "unauthorized_client", 700016, "The application was not found.");
    }
    if (!form.getOrDefault("client_assertion_type", "").equals(ASSERTION_TYPE)
        || !isTrusted(form.getOrDefault("client_assertion", ""), request.time())) {
      return error(
          request,
          401,
          "invalid_client",
          70021,
          "No matching federated identity record found for presented assertion.");
    }
    String audience = scope.substring(0, scope.length() - DEFAULT_SCOPE.length());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("token_type", "Bearer");
    answer.put("expires_in", lifetime.toSeconds());
    answer.put("ext_expires_in", lifetime.toSeconds());
    answer.put(
        "access_token",
        tokens.issue(identity, audience, tokens.issuedAt(request.time()), lifetime));
    return json(200, answer).askedBy(identity.objectId());
  }

  /** "Workload identity federation": issuer, subject and audience must match exactly. */
  private boolean isTrusted(String assertion, Instant now) {
    return assertion.equals(federatedToken)
        || federated.stream().anyMatch(trust -> trust.subjectOf(assertion, now).isPresent());
  }

  /**
   * "Scopes and permissions", OpenID Connect scopes: those that name no resource stand beside it.
   */
  private static String resourceScope(String scopes) {
    return Arrays.stream(scopes.split(" ", -1))
        .filter(scope -> !OPENID_SCOPES.contains(scope))
        .collect(Collectors.joining(" "));
  }

  private static ServiceResponse error(
      ServiceRequest request, int status, String error, int code, String description) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("error", error);
    answer.put("error_description", "AADSTS" + code + ": " + description);
    answer.put("error_codes", List.of(code));
    answer.put("timestamp", request.time().toString());
    answer.put("trace_id", request.id());
    answer.put("correlation_id", request.header("client-request-id").orElse(request.id()));
    return json(status, answer).failedWith("AADSTS" + code);
  }

  private Map<String, Object> openIdConfiguration(ServiceRequest request) {
    String base = base(request) + "/" + tokens.tenant();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("token_endpoint", base + "/oauth2/v2.0/token");
    answer.put(
        "token_endpoint_auth_methods_supported",
        List.of("client_secret_post", "private_key_jwt", "client_secret_basic"));
    answer.put("jwks_uri", base + "/discovery/v2.0/keys");
    answer.put("issuer", base + "/v2.0");
    answer.put("authorization_endpoint", base + "/oauth2/v2.0/authorize");
    answer.put("device_authorization_endpoint", base + "/oauth2/v2.0/devicecode");
    answer.put("response_types_supported", List.of("code", "id_token"));
    answer.put("subject_types_supported", List.of("pairwise"));
    answer.put("id_token_signing_alg_values_supported", List.of("RS256"));
    return answer;
  }

  /** What client libraries ask before they trust an authority's host: its aliases, itself alone. */
  private ServiceResponse instanceDiscovery(ServiceRequest request) {
    String host = URI.create(base(request)).getHost();
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("preferred_network", host);
    entry.put("preferred_cache", host);
    entry.put("aliases", List.of(host));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(
        "tenant_discovery_endpoint",
        base(request) + "/" + tokens.tenant() + "/v2.0/.well-known/openid-configuration");
    answer.put("api-version", "1.1");
    answer.put("metadata", List.of(entry));
    return json(200, answer);
  }

  private static String base(ServiceRequest request) {
    return "https://" + request.header("host").orElse("localhost");
  }

  private static ServiceResponse json(int status, Map<String, Object> body) {
    return ServiceResponse.of(status, Json.write(body))
        .withHeader("Content-Type", "application/json; charset=utf-8");
  }
}

package dev.enclave.emulators.internal.azure.identity;

import dev.enclave.emulators.internal.form.Form;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Two places at which workloads find tokens of their managed identity: the endpoint of App Service,
 * Functions and Container Apps (App Service documentation, "How to use managed identities", REST
 * endpoint reference), and the instance metadata service (managed identities documentation, "How to
 * use managed identities on an Azure VM to acquire an access token", Get a token using HTTP).
 */
public final class ManagedIdentityService implements Service {

  /** Where App Service has it. */
  public static final String APP_SERVICE = "/msi/token";

  private static final String IMDS = "/metadata/identity/oauth2/token";
  private static final String INSTANCE = "/metadata/instance";

  private final AccessTokens tokens;
  private final Identity identity;
  private final String header;
  private final Duration lifetime;

  /**
   * Of one identity.
   *
   * @param header what App Service's clients must send as X-IDENTITY-HEADER
   * @param lifetime of tokens
   */
  public ManagedIdentityService(
      AccessTokens tokens, Identity identity, String header, Duration lifetime) {
    this.tokens = tokens;
    this.identity = identity;
    this.header = header;
    this.lifetime = lifetime;
  }

  /** The name of what {@code request} asks for; empty if it is nothing known. */
  public static String operationOf(ServiceRequest request) {
    String path = path(request);
    if (path.equalsIgnoreCase(APP_SERVICE)) {
      return "ManagedIdentityToken";
    }
    if (path.equals(IMDS)) {
      return "InstanceMetadataToken";
    }
    return path.equals(INSTANCE) ? "InstanceMetadata" : "";
  }

  /** Some clients join the endpoint and the path with a slash too many. */
  private static String path(ServiceRequest request) {
    return request.path().replaceAll("/+", "/");
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    Map<String, String> query = Form.parse(request.query());
    return switch (operationOf(request)) {
      case "ManagedIdentityToken" -> appService(request, query);
      case "InstanceMetadataToken" -> instanceToken(request, query);
      case "InstanceMetadata" -> instance(request);
      default -> json(404, Map.of()).failedWith("NotFound");
    };
  }

  private ServiceResponse appService(ServiceRequest request, Map<String, String> query) {
    if (!request.header("X-IDENTITY-HEADER").equals(Optional.of(header))) {
      return appServiceError(401, "The X-IDENTITY-HEADER is missing or wrong.", request);
    }
    if (!query.getOrDefault("api-version", "").equals("2019-08-01")) {
      return appServiceError(400, "The api-version is missing or not supported.", request);
    }
    String resource = query.getOrDefault("resource", "");
    if (resource.isEmpty()) {
      return appServiceError(400, "The parameter resource is missing.", request);
    }
    if (!isThisIdentity(query)) {
      return appServiceError(
          400,
          "No User Assigned or Delegated Managed Identity found for specified"
              + " ClientId/ResourceId/PrincipalId.",
          request);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("access_token", token(resource, request));
    answer.put("client_id", identity.clientId());
    answer.put("expires_on", Long.toString(end(request)));
    answer.put("not_before", Long.toString(tokens.issuedAt(request.time()).getEpochSecond()));
    answer.put("resource", resource);
    answer.put("token_type", "Bearer");
    return json(200, answer).askedBy(identity.objectId());
  }

  private static ServiceResponse appServiceError(
      int status, String message, ServiceRequest request) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("statusCode", status);
    answer.put("message", message);
    answer.put("correlationId", request.id());
    return json(status, answer).failedWith(Integer.toString(status));
  }

  /** Error handling there: 400 with error and error_description. */
  private ServiceResponse instanceToken(ServiceRequest request, Map<String, String> query) {
    if (!hasMetadataHeader(request)) {
      return imdsError("bad_request_102", "Required metadata header not specified");
    }
    String resource = query.getOrDefault("resource", "");
    if (!query.getOrDefault("api-version", "").matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
      return imdsError("invalid_request", "Required query variable 'api-version' is missing");
    }
    if (resource.isEmpty()) {
      return imdsError("invalid_request", "Required query variable 'resource' is missing");
    }
    if (!isThisIdentity(query)) {
      return imdsError("invalid_request", "Identity not found");
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("access_token", token(resource, request));
    answer.put("client_id", identity.clientId());
    answer.put("expires_in", Long.toString(lifetime.toSeconds()));
    answer.put("expires_on", Long.toString(end(request)));
    answer.put("ext_expires_in", Long.toString(lifetime.toSeconds()));
    answer.put("not_before", Long.toString(tokens.issuedAt(request.time()).getEpochSecond()));
    answer.put("resource", resource);
    answer.put("token_type", "Bearer");
    return json(200, answer).askedBy(identity.objectId());
  }

  private static ServiceResponse imdsError(String error, String description) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("error", error);
    answer.put("error_description", description);
    return json(400, answer).failedWith(error);
  }

  /** "Azure Instance Metadata Service", Access: the header Metadata:true, and no proxy. */
  private static ServiceResponse instance(ServiceRequest request) {
    if (!hasMetadataHeader(request)) {
      return imdsError("bad_request_102", "Required metadata header not specified");
    }
    Map<String, Object> compute = new LinkedHashMap<>();
    compute.put("azEnvironment", "AzurePublicCloud");
    compute.put("location", "westeurope");
    compute.put("name", "emulator");
    compute.put("vmId", "13f56399-bd52-4150-9748-7190aae1ff21");
    return json(200, Map.of("compute", compute));
  }

  private static boolean hasMetadataHeader(ServiceRequest request) {
    return request.header("Metadata").filter(value -> value.equalsIgnoreCase("true")).isPresent()
        && request.header("X-Forwarded-For").isEmpty();
  }

  /** App Service says principal_id and mi_res_id, the metadata service object_id and msi_res_id. */
  private boolean isThisIdentity(Map<String, String> query) {
    if (query.containsKey("mi_res_id") || query.containsKey("msi_res_id")) {
      return false;
    }
    return query.getOrDefault("client_id", identity.clientId()).equals(identity.clientId())
        && query.getOrDefault("object_id", identity.objectId()).equals(identity.objectId())
        && query.getOrDefault("principal_id", identity.objectId()).equals(identity.objectId());
  }

  private String token(String resource, ServiceRequest request) {
    return tokens.issue(identity, resource, tokens.issuedAt(request.time()), lifetime);
  }

  private long end(ServiceRequest request) {
    return tokens.issuedAt(request.time()).plus(lifetime).getEpochSecond();
  }

  private static ServiceResponse json(int status, Map<String, Object> body) {
    return ServiceResponse.of(status, Json.write(body))
        .withHeader("Content-Type", "application/json; charset=utf-8");
  }
}

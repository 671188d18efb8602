package dev.enclave.emulators.internal.azure.keys;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Caller;
import dev.enclave.emulators.internal.azure.identity.AccessTokens;
import dev.enclave.emulators.internal.azure.keys.management.KeyAttestations;
import dev.enclave.emulators.internal.azure.keys.management.KeyCreation;
import dev.enclave.emulators.internal.azure.keys.management.KeyLifecycle;
import dev.enclave.emulators.internal.azure.keys.management.KeyReading;
import dev.enclave.emulators.internal.azure.keys.management.RotationPolicies;
import dev.enclave.emulators.internal.azure.keys.management.Rotations;
import dev.enclave.emulators.internal.azure.keys.model.KeyVault;
import dev.enclave.emulators.internal.azure.keys.model.KeyVaultSettings;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.request.Route;
import dev.enclave.emulators.internal.azure.keys.shared.KeyAnswers;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import dev.enclave.emulators.internal.azure.keys.transfer.Backups;
import dev.enclave.emulators.internal.azure.keys.transfer.Imports;
import dev.enclave.emulators.internal.azure.keys.use.Encryption;
import dev.enclave.emulators.internal.azure.keys.use.RandomBytes;
import dev.enclave.emulators.internal.azure.keys.use.Signatures;
import dev.enclave.emulators.internal.form.Form;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The REST API of a key vault or a managed HSM, as far as keys are concerned. */
public final class KeyVaultService implements Service {

  /** RFC 9110 §5.6.7, IMF-fixdate. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** REST API reference, Keys, its versions; the oldest here is that of the rotation policies. */
  private static final Set<String> API_VERSIONS = Set.of("7.3", "7.4", "7.5", "7.6");

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);
  private static final String BEARER = "Bearer ";

  private final AccessTokens tokens;
  private final KeyVaultSettings settings;
  private final Access access;
  private final SecureRandom random;
  private final KeyVault vault;
  private final Rotations rotations;
  private final Throttling throttling;
  private final Map<KeyVaultOperation, Operation> operations =
      new EnumMap<>(KeyVaultOperation.class);

  /** A vault without keys. */
  public KeyVaultService(
      AccessTokens tokens, KeyVaultSettings settings, Access access, SecureRandom random) {
    this.tokens = tokens;
    this.settings = settings;
    this.access = access;
    this.random = random;
    vault =
        new KeyVault(
            settings.retention(), settings.deletionLag(), settings.lag(), settings.clock());
    throttling = new Throttling(vault);
    Shared shared = new Shared(vault, settings, new KeyAnswers(settings), random);
    new KeyCreation(shared).register(operations);
    new KeyReading(shared).register(operations);
    new KeyLifecycle(shared).register(operations);
    new Signatures(shared).register(operations);
    new Encryption(shared).register(operations);
    new Imports(shared).register(operations);
    new KeyAttestations(shared).register(operations);
    rotations = new Rotations(shared);
    rotations.register(operations);
    new RotationPolicies(shared).register(operations);
    new Backups(shared).register(operations);
    new RandomBytes(shared).register(operations);
  }

  /**
   * Another region of the same managed HSM: it has its name, and what either writes the other has
   * so much later.
   */
  public KeyVaultService extended(String otherRegion, Duration late) {
    KeyVaultService other = new KeyVaultService(tokens, settings.in(otherRegion), access, random);
    KeyVault.join(vault, other.vault, late);
    return other;
  }

  /**
   * The name of the operation that {@code request} asks for, or an empty string. Requests without a
   * token ask for nothing but the challenge that tells clients where to get one.
   */
  public static String operationOf(ServiceRequest request) {
    if (request.header("Authorization").isEmpty()) {
      return "Challenge";
    }
    return Route.of(request).map(route -> route.operation().title()).orElse("");
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    @Nullable Caller caller = null;
    @Nullable Route route = null;
    ServiceResponse response;
    try {
      caller = caller(request.received());
      route =
          Route.of(request)
              .orElseThrow(
                  () -> AzureFailure.of(404, "NotFound", "There is nothing at this address."));
      response = response(request, call(request, route, caller));
    } catch (AzureFailure failure) {
      response = failed(request, failure);
    } catch (RuntimeException e) { // A fault of this server's; the service has a name for its own.
      response =
          failed(
              request, AzureFailure.of(500, "InternalServerError", e.getClass().getSimpleName()));
    }
    if (caller != null) {
      response = response.askedBy(caller.objectId());
    }
    // RFC 9110 §6.6.1: the server's own time, which is the one that keys are made by.
    response = response.withHeader("Date", HTTP_DATE.format(request.time()));
    return route == null || route.name().isEmpty() ? response : response.aboutKey(route.name());
  }

  private Caller caller(ServiceRequest request) {
    String token =
        request
            .header("Authorization")
            .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
            .map(value -> value.substring(BEARER.length()).strip())
            .orElseThrow(
                () ->
                    AzureFailure.of(
                        401,
                        "Unauthorized",
                        "AKV10000: Request is missing a Bearer or PoP token."));
    return tokens.check(token, settings.flavour().audience(), request.time());
  }

  private static Call call(ServiceRequest request, Route route, Caller caller) {
    Map<String, String> query = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    query.putAll(Form.parse(request.query()));
    return new Call(route, input(request), query, apiVersion(query), caller, request.time());
  }

  /** "Clients must use the api-version query string parameter ... there is no default." */
  private static String apiVersion(Map<String, String> query) {
    String version = query.getOrDefault("api-version", "").toLowerCase(Locale.ROOT);
    if (!API_VERSIONS.contains(version)) {
      throw AzureFailure.badParameter(
          version.isEmpty()
              ? "The request must specify an api-version."
              : "The specified api-version " + version + " is not supported.");
    }
    return version;
  }

  private static Input input(ServiceRequest request) {
    byte[] body = request.body();
    return new Input(
        Json.parseObject(body.length == 0 ? new byte[] {'{', '}'} : body)
            .orElseThrow(
                () -> AzureFailure.badParameter("The request's body is not a JSON object.")));
  }

  private ServiceResponse response(ServiceRequest request, Call call) {
    access.check(call);
    vault.receive(call.now());
    vault.purgeDue(call.now());
    rotations.rotateDue(call.now());
    if (settings.throttled()) {
      throttling.count(call);
    }
    Operation operation = operations.get(call.route().operation());
    if (operation == null) {
      throw AzureFailure.of(
          400, "NotSupported", call.route().operation().title() + " is not served here.");
    }
    if (!call.route().name().isEmpty()) {
      KeyVault.requireName(call.route().name());
    }
    Map<String, ?> body = operation.apply(call);
    return body.isEmpty()
        ? withCommonHeaders(request, ServiceResponse.of(204, new byte[0]))
        : json(request, 200, body);
  }

  /**
   * An error answer; 401 with the challenge ("Authentication, requests and responses",
   * Authentication).
   */
  public ServiceResponse failed(ServiceRequest request, AzureFailure failure) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", failure.code());
    error.put("message", failure.text());
    failure.inner().ifPresent(inner -> error.put("innererror", Map.of("code", inner)));
    ServiceResponse response =
        json(request, failure.status(), Map.of("error", error))
            .failedWith(failure.inner().orElse(failure.code()));
    if (failure.retryAfter().isPresent()) {
      return response.withHeader("Retry-After", Long.toString(failure.retryAfter().getAsLong()));
    }
    return failure.status() == 401
        ? response.withHeader("WWW-Authenticate", challenge())
        : response;
  }

  private String challenge() {
    return "Bearer authorization=\""
        + settings.url()
        + "/"
        + tokens.tenant()
        + "\", resource=\""
        + settings.flavour().audience()
        + "\"";
  }

  private ServiceResponse json(ServiceRequest request, int status, Map<String, ?> body) {
    return withCommonHeaders(
        request,
        ServiceResponse.of(status, Json.write(body))
            .withHeader("Content-Type", "application/json; charset=utf-8"));
  }

  private ServiceResponse withCommonHeaders(ServiceRequest request, ServiceResponse response) {
    ServiceResponse answer =
        response
            .withHeader("Cache-Control", "no-cache")
            // By the clock that the times of keys are by.
            .withHeader("Date", DATE.format(request.time()))
            .withHeader("x-ms-keyvault-region", settings.region())
            .withHeader("x-ms-request-id", request.id());
    return request
        .header("x-ms-client-request-id")
        .map(id -> answer.withHeader("x-ms-client-request-id", id))
        .orElse(answer);
  }
}

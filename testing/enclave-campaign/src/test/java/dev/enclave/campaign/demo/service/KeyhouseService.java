package dev.enclave.campaign.demo.service;

import dev.enclave.emulators.internal.form.Form;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Routes requests, and lets in who has a token that has not expired. Thread-safe. */
final class KeyhouseService implements Service {

  static final String HOUSE = "houses/main";
  static final String CLIENT = "wallet";

  private static final String KEY = "/keys/([a-z][a-z0-9-]*)";
  private static final String VERSION = KEY + "/versions/([0-9]+)";

  /** The operations by method and path. */
  private enum Route {
    ISSUE_TOKEN("IssueToken", "POST", "/token"),
    GET_HOUSE("GetHouse", "GET", "/" + HOUSE),
    LIST_KEYS("ListKeys", "GET", "/" + HOUSE + "/keys"),
    CREATE_KEY("CreateKey", "PUT", "/" + HOUSE + KEY),
    GET_KEY("GetKey", "GET", "/" + HOUSE + KEY),
    UPDATE_KEY("UpdateKey", "PATCH", "/" + HOUSE + KEY),
    UPDATE_VERSION("UpdateVersion", "PATCH", "/" + HOUSE + VERSION),
    IMPORT_KEY("ImportKey", "POST", "/" + HOUSE + KEY + "/import"),
    SIGN("Sign", "POST", "/" + HOUSE + VERSION + "/sign");

    final String operation;
    final String method;
    final Pattern path;

    Route(String operation, String method, String path) {
      this.operation = operation;
      this.method = method;
      this.path = Pattern.compile(path);
    }

    static Optional<Route> of(ServiceRequest request) {
      return Arrays.stream(values())
          .filter(route -> route.method.equals(request.method()))
          .filter(route -> route.path.matcher(request.path()).matches())
          .findFirst();
    }
  }

  private final String secret;
  private final Duration tokenLifetime;
  private final Map<String, Instant> tokens = new ConcurrentHashMap<>();
  private final House house;
  private int limit = Integer.MAX_VALUE;
  private int inThisSecond;
  private long second;

  KeyhouseService(String secret, Duration tokenLifetime, Duration lag, SecureRandom random) {
    this.secret = secret;
    this.tokenLifetime = tokenLifetime;
    this.house = new House(random, lag);
  }

  static String operationOf(ServiceRequest request) {
    return Route.of(request).map(route -> route.operation).orElse("");
  }

  /** From now on only so many requests in a second of the server's clock. */
  synchronized void limit(int requests) {
    limit = requests;
  }

  void revokeTokens() {
    tokens.clear();
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    ServiceResponse answer;
    try {
      answer = answer(request);
    } catch (Refusal e) {
      answer = e.response();
    }
    return withId(answer, request);
  }

  static ServiceResponse withId(ServiceResponse answer, ServiceRequest request) {
    return answer
        .withHeader("Content-Type", "application/json")
        .withHeader("Keyhouse-Request-Id", request.id())
        .askedBy(CLIENT);
  }

  private ServiceResponse answer(ServiceRequest request) throws Refusal {
    Route route =
        Route.of(request)
            .orElseThrow(() -> new Refusal(404, "NotFound", "There is nothing of that name."));
    throttle(request.time());
    if (route == Route.ISSUE_TOKEN) {
      return token(request);
    }
    authorize(request);
    Matcher path = route.path.matcher(request.path());
    String key = path.matches() && path.groupCount() > 0 ? path.group(1) : "";
    String version = path.groupCount() > 1 ? path.group(2) : "";
    return switch (route) {
      case GET_HOUSE -> ServiceResponse.of(200, Json.write(Map.of("name", HOUSE, "state", "open")));
      case LIST_KEYS -> house.list(Form.parse(request.query()).getOrDefault("from", ""), request);
      case GET_KEY -> house.get(key, request);
      case CREATE_KEY -> house.create(key, request, body(request));
      case IMPORT_KEY -> house.importKey(key, request, body(request));
      case UPDATE_KEY -> house.update(key, request, body(request));
      case UPDATE_VERSION -> house.change(key, version, request, body(request));
      case SIGN -> house.sign(key, version, body(request));
      case ISSUE_TOKEN -> throw new IllegalStateException("was answered above");
    };
  }

  private synchronized void throttle(Instant now) throws Refusal {
    if (now.getEpochSecond() != second) {
      second = now.getEpochSecond();
      inThisSecond = 0;
    }
    if (++inThisSecond > limit) {
      throw Refusal.throttled();
    }
  }

  private ServiceResponse token(ServiceRequest request) throws Refusal {
    Map<?, ?> asked = body(request);
    if (!CLIENT.equals(asked.get("client")) || !secret.equals(asked.get("secret"))) {
      throw new Refusal(403, "Forbidden", "There is no such client, or it has another secret.");
    }
    String token = "token-" + UUID.randomUUID();
    tokens.put(token, request.time().plus(tokenLifetime));
    return ServiceResponse.of(
        200, Json.write(Map.of("token", token, "expiresIn", tokenLifetime.toSeconds())));
  }

  private void authorize(ServiceRequest request) throws Refusal {
    String given = request.header("Authorization").orElse("");
    Instant end = tokens.get(given.replaceFirst("^Bearer ", ""));
    if (end == null || !request.time().isBefore(end)) {
      throw Refusal.tokenExpired();
    }
  }

  private static Map<?, ?> body(ServiceRequest request) throws Refusal {
    return Json.parseObject(request.body())
        .orElseThrow(() -> Refusal.invalid("The body is no JSON object."));
  }
}

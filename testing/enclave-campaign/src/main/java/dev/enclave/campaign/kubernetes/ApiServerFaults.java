package dev.enclave.campaign.kubernetes;

import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.FaultDialect;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Faults in an API server's words: a {@code Status} with the reason that {@code
 * k8s.io/apimachinery} has for it, but for flow control, which answers in plain text.
 */
final class ApiServerFaults implements FaultDialect {

  /** The body of another Secret of the namespace; of another namespace, if there is none. */
  static final String ANOTHER_SECRET = "another-secret";

  /**
   * The Secret asked for, with the data of another one of the namespace; where there is none, the
   * other one.
   */
  static final String ANOTHER_DATA = "another-data";

  /** The same, with one bit of its data changed. */
  static final String FLIPPED_BIT = "flipped-bit";

  /** A Secret is written without its labels, as by a webhook, and none are told. */
  static final String UNLABELLED = "unlabelled";

  /** Where the namespace has no other one. */
  private static final String STRANGER =
      """
      {"kind": "Secret", "apiVersion": "v1", "type": "Opaque",
       "metadata": {"name": "stranger", "namespace": "elsewhere", "resourceVersion": "1",
                    "uid": "7d1f0c5e-0000-4000-8000-000000000001"},
       "data": {"record": "bm90IGEgcmVjb3Jk"}}
      """;

  private static final String JSON = "application/json";
  private static final int SERVER_ERROR = 500;
  private static final int FAILURE = 400;
  private static final int OK = 200;

  private final ApiClient admin;

  /**
   * @param admin looks for other Secrets
   */
  ApiServerFaults(ApiClient admin) {
    this.admin = admin;
  }

  @Override
  public ServiceResponse refusal(Fault.Refused.Reason reason, ServiceRequest request) {
    ServiceResponse refusal =
        switch (reason) {
          case INTERNAL_ERROR -> status(SERVER_ERROR, "InternalError", "Internal error occurred");
          case UNAVAILABLE ->
              status(503, "ServiceUnavailable", "the server is currently unable to handle it");
          case TIMEOUT -> status(504, "Timeout", "request did not complete within 34s");
          case EXPIRED_TOKEN -> status(401, "Unauthorized", "Unauthorized");
          case THROTTLED -> throttled();
        };
    return refusal.withHeader(Forwarding.AUDIT_ID, request.id());
  }

  /** {@code k8s.io/apiserver}, {@code filters.tooManyRequests}. */
  private static ServiceResponse throttled() {
    return ServiceResponse.of(
            429, "Too many requests, please try again later.\n".getBytes(StandardCharsets.UTF_8))
        .withHeader("Content-Type", "text/plain; charset=utf-8")
        .withHeader("Retry-After", "1")
        .failedWith("TooManyRequests");
  }

  private static ServiceResponse status(int code, String reason, String message) {
    byte[] body =
        Json.write(
            Map.of(
                "kind",
                "Status",
                "apiVersion",
                "v1",
                "metadata",
                Map.of(),
                "status",
                "Failure",
                "message",
                message,
                "reason",
                reason,
                "code",
                code));
    return ServiceResponse.of(code, body).withHeader("Content-Type", JSON).failedWith(reason);
  }

  @Override
  public Map<String, WrongAnswer> wrongAnswers() {
    return Map.of(
        ANOTHER_SECRET, this::anotherSecret,
        ANOTHER_DATA, this::anotherData,
        FLIPPED_BIT, this::flippedBit,
        UNLABELLED, ApiServerFaults::unlabelled);
  }

  private ServiceResponse anotherSecret(ServiceRequest request, Service service) {
    return service.handle(request).withBody(another(request)).withStatus(OK);
  }

  private ServiceResponse anotherData(ServiceRequest request, Service service) {
    ServiceResponse right = service.handle(request);
    if (right.status() >= FAILURE) {
      return right.withBody(another(request)).withStatus(OK);
    }
    Map<String, @Nullable Object> secret = object(right.body());
    secret.put("data", object(another(request)).get("data"));
    return right.withBody(Json.write(secret));
  }

  private ServiceResponse flippedBit(ServiceRequest request, Service service) {
    ServiceResponse right = service.handle(request);
    if (right.status() >= FAILURE) {
      return right.withBody(another(request)).withStatus(OK);
    }
    Map<String, @Nullable Object> secret = object(right.body());
    Map<String, Object> data = new LinkedHashMap<>();
    ((Map<?, ?>) secret.getOrDefault("data", Map.of()))
        .forEach((name, value) -> data.put(name.toString(), flipped(String.valueOf(value))));
    secret.put("data", data);
    return right.withBody(Json.write(secret));
  }

  private static ServiceResponse unlabelled(ServiceRequest request, Service service) {
    ServiceResponse right =
        service.handle(
            request.body().length == 0 ? request : request.withBody(unlabelled(request.body())));
    return right.status() >= FAILURE ? right : right.withBody(unlabelled(right.body()));
  }

  private static byte[] unlabelled(byte[] secret) {
    Map<String, @Nullable Object> object = object(secret);
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(object.get("metadata")))
        .forEach((name, value) -> metadata.put(name.toString(), value));
    metadata.remove("labels");
    object.put("metadata", metadata);
    return Json.write(object);
  }

  private static byte[] flipped(String base64) {
    byte[] value = Base64.getDecoder().decode(base64);
    value[value.length / 2] ^= 1;
    return value;
  }

  private static Map<String, @Nullable Object> object(byte[] answer) {
    return Json.parseObject(answer).orElseThrow();
  }

  /** Another Secret of the same namespace and type; what is asked for is a Secret. */
  private byte[] another(ServiceRequest request) {
    ResourceName asked = ResourceName.of(request);
    String secrets = "/api/v1/namespaces/" + asked.namespace().orElseThrow() + "/secrets";
    String own = asked.name().orElseThrow();
    byte[] listed = admin.get(secrets + "?limit=500").body().getBytes(StandardCharsets.UTF_8);
    Map<String, @Nullable Object> list = object(listed);
    String other =
        ((List<?>) Objects.requireNonNull(list.get("items")))
            .stream()
                .map(ApiServerFaults::nameOf)
                .filter(name -> !name.equals(own))
                .findFirst()
                .orElse("");
    if (other.isEmpty()) {
      return STRANGER.getBytes(StandardCharsets.UTF_8);
    }
    return admin.get(secrets + "/" + other).body().getBytes(StandardCharsets.UTF_8);
  }

  private static String nameOf(Object secret) {
    Object metadata = Objects.requireNonNull(((Map<?, ?>) secret).get("metadata"));
    return String.valueOf(((Map<?, ?>) metadata).get("name"));
  }
}

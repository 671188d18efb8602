package dev.enclave.campaign.kubernetes;

import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.ServiceResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A {@code Status} in place of what was asked for, in the words of {@code k8s.io/apimachinery}. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int code;
  private final String reason;
  private final byte[] body;

  private Refusal(int code, String reason, String message, Map<String, ?> details) {
    super(message, null, false, false);
    this.code = code;
    this.reason = reason;
    Map<String, Object> status =
        new HashMap<>(Map.of("kind", "Status", "apiVersion", "v1", "metadata", Map.of()));
    status.putAll(Map.of("status", "Failure", "message", message, "code", code));
    status.putAll(reason.isEmpty() ? Map.of() : Map.of("reason", reason));
    status.putAll(details.isEmpty() ? Map.of() : Map.of("details", details));
    body = Json.write(status);
  }

  private static Refusal about(
      int code, String reason, String kind, String name, String message, Object... more) {
    Map<String, Object> details = new HashMap<>(Map.of("kind", kind, "name", name));
    if (more.length > 0) {
      details.put("causes", List.of(more));
    }
    String named = name.isEmpty() ? " " : " \"" + name + "\" ";
    return new Refusal(code, reason, kind + named + message, details);
  }

  static Refusal of(int code, String reason, String message) {
    return new Refusal(code, reason, message, Map.of());
  }

  static Refusal badRequest(String message) {
    return of(400, "BadRequest", message);
  }

  static Refusal unknownResource() {
    return of(404, "NotFound", "the server could not find the requested resource");
  }

  static Refusal unknownMethod() {
    String message = "the server does not allow this method on the requested resource";
    return of(405, "MethodNotAllowed", message);
  }

  static Refusal notFound(String resource, String name) {
    return about(404, "NotFound", resource, name, "not found");
  }

  static Refusal alreadyExists(String resource, String name) {
    return about(409, "AlreadyExists", resource, name, "already exists");
  }

  static Refusal conflict(String resource, String name, String why) {
    return about(409, "Conflict", resource, name, "cannot be changed: " + why);
  }

  static Refusal forbidden(String resource, String name, String why) {
    return about(403, "Forbidden", resource, name, "is forbidden: " + why);
  }

  /** A namespace that is being deleted takes nothing new. */
  static Refusal ending(String resource, String name, String namespace) {
    String ends = "namespace " + namespace + " is being terminated";
    return about(
        403,
        "Forbidden",
        resource,
        name,
        "is forbidden: " + ends,
        Map.of("reason", "NamespaceTerminating", "message", ends, "field", "metadata.namespace"));
  }

  /**
   * @param errors such as {@code data: Too long}
   */
  static Refusal invalid(String kind, String name, List<String> errors) {
    return about(422, "Invalid", kind, name, "is invalid: " + String.join(", ", errors));
  }

  ServiceResponse response() {
    return ServiceResponse.of(code, body)
        .withHeader("Content-Type", "application/json")
        .failedWith(reason);
  }
}

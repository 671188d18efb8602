package dev.enclave.emulators.internal.vault;

import dev.enclave.emulators.internal.form.Form;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.internal.vault.common.Operation;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.wire.ServiceRequest;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads requests as {@code http/logical.go} does. */
final class Incoming {

  static final String ROOT = "/v1/";

  private static final String BEARER = "Bearer ";

  private Incoming() {}

  /** The path below {@link #ROOT}, decoded; empty if it is not below it. */
  static Optional<String> path(ServiceRequest request) {
    String decoded;
    try {
      decoded = URI.create(request.path().replace("|", "%7C")).getPath();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return decoded.startsWith(ROOT)
        ? Optional.of(decoded.substring(ROOT.length()))
        : Optional.empty();
  }

  /** What it does; POST and PUT are an update so far. */
  static Operation operation(ServiceRequest request) {
    return switch (request.method()) {
      case "GET", "HEAD" -> read(Form.parse(request.query()));
      case "POST", "PUT" -> Operation.UPDATE;
      case "PATCH" -> Operation.PATCH;
      case "DELETE" -> Operation.DELETE;
      case "LIST" -> Operation.LIST;
      case "SCAN" -> Operation.SCAN;
      default -> throw VaultFailure.of(405);
    };
  }

  private static Operation read(Map<String, String> query) {
    boolean list = flag(query, "list");
    boolean scan = flag(query, "scan");
    if (list && scan) {
      throw VaultFailure.of(400);
    }
    return list ? Operation.LIST : scan ? Operation.SCAN : Operation.READ;
  }

  /** Go's strconv.ParseBool. */
  private static boolean flag(Map<String, String> query, String name) {
    return switch (query.getOrDefault(name, "")) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "", "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw VaultFailure.of(400);
    };
  }

  /**
   * A call that is not routed yet. The namespace is that of the header and of the path's beginning.
   */
  static VaultCall call(
      ServiceRequest request, String path, Collection<String> namespaces, Instant seenAt) {
    Operation operation = operation(request);
    boolean listing = operation == Operation.LIST || operation == Operation.SCAN;
    String whole = namespaceHeader(request) + (listing && !path.endsWith("/") ? path + "/" : path);
    String namespace =
        namespaces.stream()
            .filter(whole::startsWith)
            .reduce("", (one, other) -> one.length() > other.length() ? one : other);
    return new VaultCall(
        request,
        namespace,
        "",
        whole.substring(namespace.length()),
        operation,
        input(request, operation),
        token(request.received()),
        request.time(),
        seenAt);
  }

  /** The namespace of the header, with a slash at its end; empty without one. */
  static String namespaceHeader(ServiceRequest request) {
    return request.header("X-Vault-Namespace").map(Incoming::slashed).orElse("");
  }

  private static String slashed(String namespace) {
    String bare = namespace.strip().replaceAll("^/+|/+$", "");
    return bare.isEmpty() || bare.equals("root") ? "" : bare + "/";
  }

  private static Map<String, @Nullable Object> input(ServiceRequest request, Operation operation) {
    if (operation != Operation.UPDATE && operation != Operation.PATCH) {
      Map<String, @Nullable Object> query = new LinkedHashMap<>(Form.parse(request.query()));
      query.remove("list");
      query.remove("scan");
      query.remove("help");
      return query;
    }
    String type = request.header("Content-Type").orElse("").replaceAll(";.*", "").strip();
    if (operation == Operation.PATCH && !type.equals("application/merge-patch+json")) {
      throw VaultFailure.of(
          415, "PATCH requires Content-Type of application/merge-patch+json, provided " + type);
    }
    byte[] body = request.body();
    if (body.length == 0) {
      return Map.of();
    }
    if (type.equals("application/x-www-form-urlencoded") && body[0] != '{' && body[0] != '[') {
      return new LinkedHashMap<>(Form.parse(body));
    }
    return Json.parseObject(body)
        .orElseThrow(
            () -> VaultFailure.of(400, "failed to parse JSON input: invalid character in body"));
  }

  private static Optional<String> token(ServiceRequest request) {
    return request
        .header("X-Vault-Token")
        .filter(token -> !token.isEmpty())
        .or(
            () ->
                request.headerValues("Authorization").stream()
                    .filter(value -> value.startsWith(BEARER))
                    .map(value -> value.substring(BEARER.length()).strip())
                    .findFirst());
  }
}

package dev.enclave.emulators.internal.azure.keys.request;

import dev.enclave.emulators.wire.ServiceRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a request is for, by method and path (REST API reference, Keys).
 *
 * @param name of the key; empty if the operation has none
 * @param version of the key; empty for the current one
 */
public record Route(KeyVaultOperation operation, String name, String version) {

  private static final Map<String, KeyVaultOperation> COMPUTATIONS =
      Map.of(
          "sign", KeyVaultOperation.SIGN,
          "verify", KeyVaultOperation.VERIFY,
          "encrypt", KeyVaultOperation.ENCRYPT,
          "decrypt", KeyVaultOperation.DECRYPT,
          "wrapkey", KeyVaultOperation.WRAP_KEY,
          "unwrapkey", KeyVaultOperation.UNWRAP_KEY,
          "release", KeyVaultOperation.RELEASE);

  public static Optional<Route> of(ServiceRequest request) {
    List<String> parts =
        Arrays.stream(request.path().split("/", -1))
            .filter(part -> !part.isEmpty())
            .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
            .toList();
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    String method = method(request);
    List<String> rest = parts.subList(1, parts.size());
    return switch (parts.get(0).toLowerCase(Locale.ROOT)) {
      case "keys" -> keys(method, rest);
      case "deletedkeys" -> deletedKeys(method, rest);
      case "rng" ->
          method.equals("POST") && rest.isEmpty()
              ? route(KeyVaultOperation.GET_RANDOM_BYTES, "", "")
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** "Authentication, requests and responses", Using HTTP POST: X-HTTP-METHOD names another one. */
  private static String method(ServiceRequest request) {
    return request
        .header("X-HTTP-METHOD")
        .filter(any -> request.method().equals("POST"))
        .map(other -> other.toUpperCase(Locale.ROOT))
        .orElse(request.method());
  }

  private static Optional<Route> keys(String method, List<String> rest) {
    return switch (rest.size()) {
      case 0 -> method.equals("GET") ? route(KeyVaultOperation.GET_KEYS, "", "") : Optional.empty();
      case 1 -> key(method, rest.get(0));
      case 2 -> partOfKey(method, rest.get(0), rest.get(1));
      case 3 -> partOfVersion(method, rest.get(0), rest.get(1), rest.get(2));
      default -> Optional.empty();
    };
  }

  private static Optional<Route> key(String method, String name) {
    return switch (method) {
      case "GET" -> route(KeyVaultOperation.GET_KEY, name, "");
      case "PUT" -> route(KeyVaultOperation.IMPORT_KEY, name, "");
      case "PATCH" -> route(KeyVaultOperation.UPDATE_KEY, name, "");
      case "DELETE" -> route(KeyVaultOperation.DELETE_KEY, name, "");
      case "POST" ->
          name.equals("restore") ? route(KeyVaultOperation.RESTORE_KEY, "", "") : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Route> partOfKey(String method, String name, String part) {
    return switch (method + " " + part.toLowerCase(Locale.ROOT)) {
      case "POST create" -> route(KeyVaultOperation.CREATE_KEY, name, "");
      case "POST rotate" -> route(KeyVaultOperation.ROTATE_KEY, name, "");
      case "POST backup" -> route(KeyVaultOperation.BACKUP_KEY, name, "");
      case "GET versions" -> route(KeyVaultOperation.GET_KEY_VERSIONS, name, "");
      // "key-version (optional)".
      case "GET attestation" -> route(KeyVaultOperation.GET_KEY_ATTESTATION, name, "");
      case "GET rotationpolicy" -> route(KeyVaultOperation.GET_KEY_ROTATION_POLICY, name, "");
      case "PUT rotationpolicy" -> route(KeyVaultOperation.UPDATE_KEY_ROTATION_POLICY, name, "");
      default -> versionOrComputation(method, name, part);
    };
  }

  /** "Authentication, requests and responses", Request URL: to sign, POST /keys/TESTKEY/sign. */
  private static Optional<Route> versionOrComputation(String method, String name, String part) {
    return switch (method) {
      case "GET" -> route(KeyVaultOperation.GET_KEY, name, part);
      case "PATCH" -> route(KeyVaultOperation.UPDATE_KEY, name, part);
      case "POST" -> computation(name, "", part);
      default -> Optional.empty();
    };
  }

  private static Optional<Route> partOfVersion(
      String method, String name, String version, String part) {
    if (method.equals("GET") && part.equalsIgnoreCase("attestation")) {
      return route(KeyVaultOperation.GET_KEY_ATTESTATION, name, version);
    }
    return method.equals("POST") ? computation(name, version, part) : Optional.empty();
  }

  private static Optional<Route> computation(String name, String version, String part) {
    return Optional.ofNullable(COMPUTATIONS.get(part.toLowerCase(Locale.ROOT)))
        .map(operation -> new Route(operation, name, version));
  }

  private static Optional<Route> deletedKeys(String method, List<String> rest) {
    String name = rest.isEmpty() ? "" : rest.get(0);
    return switch (method + " " + rest.size()) {
      case "GET 0" -> route(KeyVaultOperation.GET_DELETED_KEYS, "", "");
      case "GET 1" -> route(KeyVaultOperation.GET_DELETED_KEY, name, "");
      case "DELETE 1" -> route(KeyVaultOperation.PURGE_DELETED_KEY, name, "");
      case "POST 2" ->
          rest.get(1).equalsIgnoreCase("recover")
              ? route(KeyVaultOperation.RECOVER_DELETED_KEY, name, "")
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Route> route(KeyVaultOperation operation, String name, String version) {
    return Optional.of(new Route(operation, name, version));
  }
}

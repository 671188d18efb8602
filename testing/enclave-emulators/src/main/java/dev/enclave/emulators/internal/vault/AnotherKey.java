package dev.enclave.emulators.internal.vault;

import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.internal.vault.common.Input;
import dev.enclave.emulators.wire.FaultDialect.WrongAnswer;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Answers what a key of the same name and type says in another server: a good signature, MAC or
 * ciphertext, or public keys, of another key.
 */
final class AnotherKey implements WrongAnswer {

  private static final String KEYS = "transit/keys";
  private static final List<String> OUTPUTS = List.of("signature", "ciphertext", "hmac");

  private final VaultService own;
  private final VaultService other;
  private final String token;

  /** {@code token} is one that both servers take for everything. */
  AnotherKey(VaultService own, VaultService other, String token) {
    this.own = own;
    this.other = other;
    this.token = token;
  }

  @Override
  public ServiceResponse to(ServiceRequest request, Service service) {
    ServiceResponse right = service.handle(request);
    Optional<String> name = right.keyId();
    if (right.status() != 200 || name.isEmpty() || !request.operation().startsWith("transit/")) {
      return right;
    }
    String path = keyPath(request, name.get());
    Optional<Map<String, @Nullable Object>> key =
        dataOf(own.handle(asking(request, "GET", path, "")));
    if (key.isEmpty()) {
      return right;
    }
    prepare(request, path, key.get());
    if (request.operation().startsWith(KEYS)) {
      return withKeysOf(right, dataOf(other.handle(asking(request, "GET", path, ""))));
    }
    ServiceRequest same =
        asking(
            request,
            request.method(),
            request.path(),
            new String(request.body(), StandardCharsets.UTF_8));
    return withOutputsOf(right, dataOf(other.handle(same)));
  }

  /** The key's own path, at the mount that the request's path begins with. */
  private static String keyPath(ServiceRequest request, String name) {
    String kind = request.operation().replaceAll("^transit/|[:].*$", "").replaceAll("/.*$", "");
    int at = request.path().indexOf("/" + kind + "/");
    return request.path().substring(0, Math.max(at, 0)) + "/keys/" + name;
  }

  private ServiceRequest asking(ServiceRequest like, String method, String path, String body) {
    Map<String, List<String>> headers =
        like.header("X-Vault-Namespace")
            .map(
                namespace ->
                    Map.of(
                        "X-Vault-Token", List.of(token), "X-Vault-Namespace", List.of(namespace)))
            .orElse(Map.of("X-Vault-Token", List.of(token)));
    return ServiceRequest.of(
        like.id(), like.time(), method, path, "", headers, body.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<Map<String, @Nullable Object>> dataOf(ServiceResponse response) {
    return response.status() != 200
        ? Optional.empty()
        : Json.parseObject(response.body()).flatMap(body -> Input.asObject(body.get("data")));
  }

  /** Makes the other key, with as many versions. */
  private synchronized void prepare(
      ServiceRequest request, String path, Map<String, @Nullable Object> key) {
    String body = "{\"type\":\"" + key.get("type") + "\",\"derived\":" + key.get("derived") + "}";
    long wanted = Long.parseLong(String.valueOf(key.get("latest_version")));
    Optional<Map<String, @Nullable Object>> made =
        dataOf(other.handle(asking(request, "POST", path, body)));
    long latest =
        made.map(data -> Long.parseLong(String.valueOf(data.get("latest_version")))).orElse(wanted);
    for (; latest < wanted; latest++) {
      other.handle(asking(request, "POST", path + "/rotate", ""));
    }
  }

  private static ServiceResponse withKeysOf(
      ServiceResponse right, Optional<Map<String, @Nullable Object>> others) {
    return WrongAnswers.changed(right, replacing(others, List.of("keys")));
  }

  private static ServiceResponse withOutputsOf(
      ServiceResponse right, Optional<Map<String, @Nullable Object>> others) {
    return WrongAnswers.changed(right, replacing(others, OUTPUTS));
  }

  private static UnaryOperator<Map<String, @Nullable Object>> replacing(
      Optional<Map<String, @Nullable Object>> others, List<String> names) {
    return data -> {
      for (String name : names) {
        others
            .map(other -> other.get(name))
            .filter(any -> data.containsKey(name))
            .ifPresent(value -> data.put(name, value));
      }
      return data;
    };
  }
}

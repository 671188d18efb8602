package dev.enclave.kubernetes.internal.calls;

import dev.enclave.cloud.RemoteRequest;
import dev.enclave.kubernetes.internal.json.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One request about Secrets, or about what the identity may do. There is no patch: who may patch
 * may read.
 *
 * @param verb as a Role names it
 * @param subject what a message calls what it is about
 * @param path below the server
 * @param accept the form of the answer
 * @param body what is sent; none for a read
 * @param name of the Secret, for a Role's resourceNames
 */
public record ApiRequest(
    String verb,
    String subject,
    String path,
    String accept,
    Optional<byte[]> body,
    Optional<String> name) {

  private static final String JSON = "application/json";

  /** Names, labels and owners, without data. */
  private static final String METADATA =
      "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

  /** Reads a Secret. */
  public static ApiRequest get(String namespace, String name) {
    return new ApiRequest(
        "get",
        secret(namespace, name),
        secrets(namespace) + "/" + name,
        JSON,
        Optional.empty(),
        Optional.of(name));
  }

  /** Lists Secrets, without their data. */
  public static ApiRequest list(String namespace, Map<String, String> query) {
    return new ApiRequest(
        "list",
        "Secrets of namespace " + namespace,
        secrets(namespace)
            + query.entrySet().stream()
                .map(
                    pair ->
                        pair.getKey()
                            + "="
                            + URLEncoder.encode(pair.getValue(), StandardCharsets.UTF_8))
                .sorted()
                .collect(Collectors.joining("&", "?", "")),
        METADATA,
        Optional.empty(),
        Optional.empty());
  }

  /** Makes a Secret. */
  public static ApiRequest create(String namespace, String name, Map<String, ?> secret) {
    return new ApiRequest(
        "create",
        secret(namespace, name),
        secrets(namespace),
        JSON,
        Optional.of(Json.octets(secret)),
        Optional.empty());
  }

  /** Writes a Secret in place of the revision that it names. */
  public static ApiRequest update(String namespace, String name, Map<String, ?> secret) {
    return new ApiRequest(
        "update",
        secret(namespace, name),
        secrets(namespace) + "/" + name,
        JSON,
        Optional.of(Json.octets(secret)),
        Optional.of(name));
  }

  /**
   * Asks what the identity may do, which every identity may ask.
   *
   * @param kind such as {@code SelfSubjectRulesReview}
   */
  public static ApiRequest review(String kind, Map<String, ?> spec) {
    String api = "authorization.k8s.io/v1";
    return new ApiRequest(
        "create",
        kind,
        "/apis/" + api + "/" + kind.toLowerCase(java.util.Locale.ROOT) + "s",
        JSON,
        Optional.of(Json.octets(Map.of("apiVersion", api, "kind", kind, "spec", spec))),
        Optional.empty());
  }

  /** What messages call a Secret. */
  public static String secret(String namespace, String name) {
    return "Secret " + namespace + "/" + name;
  }

  private static String secrets(String namespace) {
    return "/api/v1/namespaces/" + namespace + "/secrets";
  }

  private boolean review() {
    return path.startsWith("/apis/");
  }

  RemoteRequest asked() {
    return new RemoteRequest(verb, body.isPresent() && !review(), subject);
  }

  /** The rule of a Role that allows it, in YAML. */
  String role() {
    String group = review() ? "authorization.k8s.io" : "\"\"";
    String resource = review() ? path.substring(path.lastIndexOf('/') + 1) : "secrets";
    return "{apiGroups: ["
        + group
        + "], resources: ["
        + resource
        + "], verbs: ["
        + verb
        + "]"
        + name.map(one -> ", resourceNames: [" + one + "]").orElse("")
        + "}";
  }

  HttpRequest at(String server, Optional<String> token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path))
            .header("Accept", accept)
            .header("User-Agent", "enclave");
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    if (body.isEmpty()) {
      return request.GET().build();
    }
    return request
        .header("Content-Type", JSON)
        .method(verb.equals("update") ? "PUT" : "POST", BodyPublishers.ofByteArray(body.get()))
        .build();
  }

  /** Verb and subject. */
  @Override
  public String toString() {
    return "ApiRequest[" + verb + " " + subject + "]";
  }
}

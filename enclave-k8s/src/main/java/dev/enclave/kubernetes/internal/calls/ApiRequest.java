package dev.enclave.kubernetes.internal.calls;

import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.json.Json;
import dev.enclave.kubernetes.internal.texts.Texts;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
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
 * @param body what is sent; empty for a read
 * @param name of the Secret, for a Role's resourceNames
 */
public record ApiRequest(
    String verb, String subject, String path, Map<String, Object> body, Optional<String> name) {

  private static final String JSON = "application/json";

  /** Names, labels and owners, without data. */
  private static final String METADATA = JSON + ";as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

  private static final String AUTHORIZATION = "authorization.k8s.io";

  /** Whether the API server has read all that it decides by; every identity may ask. */
  static final ApiRequest READY =
      new ApiRequest("get", "readiness", "/readyz", Map.of(), Optional.empty());

  /** Reads a namespace. */
  public static ApiRequest namespace(String name) {
    return new ApiRequest(
        "get",
        Texts.NAMESPACE.with(name),
        "/api/v1/namespaces/" + name,
        Map.of(),
        Optional.of(name));
  }

  /** Reads a Secret. */
  public static ApiRequest get(String namespace, String name) {
    return secret("get", namespace, name, "/" + name, Map.of(), Optional.of(name));
  }

  /** Makes a Secret. */
  public static ApiRequest create(String namespace, String name, Map<String, Object> secret) {
    return secret("create", namespace, name, "", secret, Optional.empty());
  }

  /** Writes a Secret in place of the revision that it names. */
  public static ApiRequest update(String namespace, String name, Map<String, Object> secret) {
    return secret("update", namespace, name, "/" + name, secret, Optional.of(name));
  }

  private static ApiRequest secret(
      String verb,
      String namespace,
      String name,
      String path,
      Map<String, Object> body,
      Optional<String> named) {
    return new ApiRequest(verb, secret(namespace, name), secrets(namespace) + path, body, named);
  }

  /** Lists Secrets, without their data. */
  public static ApiRequest list(String namespace, Map<String, String> query) {
    String parameters =
        query.entrySet().stream()
            .map(
                pair ->
                    pair.getKey()
                        + "="
                        + URLEncoder.encode(pair.getValue(), StandardCharsets.UTF_8))
            .sorted()
            .collect(Collectors.joining("&", "?", ""));
    return new ApiRequest(
        "list",
        Texts.SECRETS_OF.with(namespace),
        secrets(namespace) + parameters,
        Map.of(),
        Optional.empty());
  }

  /**
   * Asks what the identity may do, which every identity may ask.
   *
   * @param kind such as {@code SelfSubjectRulesReview}
   */
  public static ApiRequest review(String kind, Map<String, Object> spec) {
    String api = AUTHORIZATION + "/v1";
    return new ApiRequest(
        "create",
        kind,
        "/apis/" + api + "/" + kind.toLowerCase(Locale.ROOT) + "s",
        Map.of("apiVersion", api, "kind", kind, "spec", spec),
        Optional.empty());
  }

  /** What messages call a Secret. */
  public static String secret(String namespace, String name) {
    return Texts.SECRET.with(namespace, name);
  }

  private static String secrets(String namespace) {
    return "/api/v1/namespaces/" + namespace + "/secrets";
  }

  private boolean review() {
    return path.startsWith("/apis/");
  }

  RemoteRequest asked() {
    return new RemoteRequest(verb, !body.isEmpty() && !review(), subject);
  }

  /** The rule of a Role that allows it, in YAML. */
  String role() {
    String group = review() ? AUTHORIZATION : "\"\"";
    String resource = review() ? path.substring(path.lastIndexOf('/') + 1) : "secrets";
    String names = name.map(one -> Texts.RESOURCE_NAMES.with(one)).orElse("");
    return Texts.RULE_OF_REQUEST.with(group, resource, verb, names);
  }

  HttpRequest at(String server, Optional<String> token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path))
            .header("Accept", verb.equals("list") ? METADATA : JSON)
            .header("User-Agent", "enclave");
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    if (!body.isEmpty()) {
      request
          .header("Content-Type", JSON)
          .method(
              verb.equals("update") ? "PUT" : "POST", BodyPublishers.ofByteArray(Json.write(body)));
    }
    return request.build();
  }

  /** Verb and subject. */
  @Override
  public String toString() {
    return "ApiRequest[" + verb + " " + subject + "]";
  }
}

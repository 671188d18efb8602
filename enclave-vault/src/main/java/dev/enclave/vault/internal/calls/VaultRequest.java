package dev.enclave.vault.internal.calls;

import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.json.Json;
import dev.enclave.vault.internal.texts.Texts;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One request to Vault or OpenBao.
 *
 * @param operation what messages call it, such as {@code sign}
 * @param changes whether a lost answer leaves open what is there now
 * @param subject what it is about, as messages name it
 * @param method of its API
 * @param path below {@code /v1/}, without a slash at its beginning; nothing in it needs encoding
 * @param body what is sent by POST: maps, lists, texts, numbers and truth values; never shown
 */
public record VaultRequest(
    String operation,
    boolean changes,
    String subject,
    Method method,
    String path,
    Map<String, Object> body) {

  /** The methods of the API. */
  public enum Method {
    GET("read"),
    /** Sent as GET with {@code list=true}: what stands between may know no method LIST. */
    LIST("list"),
    POST("update"),
    DELETE("delete");

    private final String capability;

    Method(String capability) {
      this.capability = capability;
    }
  }

  private static final String JSON = "application/json";

  public VaultRequest {
    body = Map.copyOf(body);
  }

  /** Reads something. */
  public static VaultRequest read(String subject, String path) {
    return new VaultRequest("read", false, subject, Method.GET, path, Map.of());
  }

  /** Lists names. */
  public static VaultRequest list(String subject, String path) {
    return new VaultRequest("list", false, subject, Method.LIST, path, Map.of());
  }

  /** Uses a key, or anything else that changes nothing. */
  public static VaultRequest use(
      String operation, String subject, String path, Map<String, Object> body) {
    return new VaultRequest(operation, false, subject, Method.POST, path, body);
  }

  /** Changes something. */
  public static VaultRequest change(
      String operation, String subject, String path, Map<String, Object> body) {
    return new VaultRequest(operation, true, subject, Method.POST, path, body);
  }

  /** Deletes something. */
  public static VaultRequest delete(String subject, String path) {
    return new VaultRequest("delete", true, subject, Method.DELETE, path, Map.of());
  }

  RemoteRequest asked() {
    return new RemoteRequest(operation, changes, subject);
  }

  /** The rule of a policy that allows it, in HCL. */
  String rule() {
    String create = changes && method == Method.POST ? "\"create\", " : "";
    return Texts.RULE.with(path, create + '"' + method.capability + '"');
  }

  HttpRequest at(String address, Optional<String> namespace, Optional<VaultToken> token) {
    String query = method == Method.LIST ? (path.contains("?") ? "&" : "?") + "list=true" : "";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + "/v1/" + path + query))
            .header("Accept", JSON)
            .header("User-Agent", "enclave")
            // An Agent or a proxy may be told to refuse what has it not, as browsers have.
            .header("X-Vault-Request", "true");
    namespace.ifPresent(name -> request.header("X-Vault-Namespace", name));
    token.ifPresent(one -> request.header("X-Vault-Token", one.text()));
    return switch (method) {
      case GET, LIST -> request.build();
      case DELETE -> request.DELETE().build();
      case POST ->
          request
              .header("Content-Type", JSON)
              .POST(BodyPublishers.ofByteArray(Json.write(body)))
              .build();
    };
  }

  /** Method and path, nothing of the body. */
  @Override
  public String toString() {
    return "VaultRequest[" + method.name().toLowerCase(Locale.ROOT) + " " + path + "]";
  }
}

package dev.enclave.campaign.kubernetes;

import dev.enclave.emulators.internal.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to an API server as one caller, for tests that compare with what Enclave does. No
 * answer is an exception, whatever its status; a connection that fails is an {@link
 * UncheckedIOException}. Safe for use by several threads.
 */
public final class ApiClient {

  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final String JSON = "application/json";

  private final URI server;
  private final HttpClient http;
  private final Optional<String> token;

  private ApiClient(URI server, HttpClient http, Optional<String> token) {
    this.server = server;
    this.http = http;
    this.token = token;
  }

  /** A client that trusts one certificate alone. */
  static ApiClient trusting(X509Certificate certificate, URI server, String token) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("server", certificate);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      HttpClient http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .sslContext(context)
              .connectTimeout(LONGEST)
              .build();
      return new ApiClient(server, http, Optional.of(token));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("This Java runtime makes no TLS client.");
    }
  }

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param body the body, JSON as a rule
   */
  public record Answer(int status, String body) {

    /**
     * The text, number or truth value at a place in the body, such as {@code at("metadata",
     * "name")}, or {@code at("items", "0")}; empty if there is none.
     */
    public Optional<String> at(String... path) {
      @Nullable Object value =
          Json.parseObject(body.getBytes(StandardCharsets.UTF_8)).orElse(Map.of());
      for (String member : path) {
        value = member(value, member);
      }
      return Optional.ofNullable(value).map(Object::toString);
    }

    private static @Nullable Object member(@Nullable Object value, String name) {
      if (value instanceof List<?> list) {
        int index = Integer.parseInt(name);
        return index < list.size() ? list.get(index) : null;
      }
      return value instanceof Map<?, ?> object ? object.get(name) : null;
    }

    /**
     * The same of an answer that has it.
     *
     * @throws AssertionError with the answer, if it has not
     */
    public String required(String... path) {
      return at(path)
          .orElseThrow(
              () ->
                  new AssertionError(
                      "No " + String.join(".", path) + " in " + status + " " + body));
    }
  }

  /**
   * A caller of any server.
   *
   * @param caPem the certificate that is trusted, as PEM
   */
  public static ApiClient to(URI server, String caPem, String token) {
    try {
      X509Certificate authority =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(caPem.getBytes(StandardCharsets.US_ASCII)));
      return trusting(authority, server, token);
    } catch (CertificateException e) {
      throw new IllegalArgumentException("This is no certificate in PEM: " + e.getMessage(), e);
    }
  }

  URI server() {
    return server;
  }

  HttpClient http() {
    return http;
  }

  /** The same server, with another bearer token. */
  public ApiClient withToken(String other) {
    return new ApiClient(server, http, Optional.of(other));
  }

  /** The same server, by a caller that shows nothing of itself. */
  public ApiClient withoutToken() {
    return new ApiClient(server, http, Optional.empty());
  }

  /** Reads; {@code path} begins with a slash, and may have a query. */
  public Answer get(String path) {
    return send("GET", path, JSON, "");
  }

  /** Creates. */
  public Answer post(String path, String json) {
    return send("POST", path, JSON, json);
  }

  /**
   * Creates an object of any kind.
   *
   * @param json the object, with apiVersion, kind and metadata; in no namespace if it names none
   * @throws AssertionError with the answer, if it is not created
   */
  public Answer create(String json) {
    Answer answer = post(collection(new Answer(0, json)), json);
    if (answer.status() != 201) {
      throw new AssertionError(
          "Creating " + json + " was answered with " + answer.status() + " " + answer.body());
    }
    return answer;
  }

  private static String collection(Answer object) {
    String version = object.required("apiVersion");
    String kind = object.required("kind").toLowerCase(Locale.ROOT);
    String plural =
        kind.endsWith("y")
            ? kind.substring(0, kind.length() - 1) + "ies"
            : kind.endsWith("s") ? kind + "es" : kind + "s";
    return (version.contains("/") ? "/apis/" : "/api/")
        + version
        + object.at("metadata", "namespace").map(name -> "/namespaces/" + name).orElse("")
        + "/"
        + plural;
  }

  /** Replaces. */
  public Answer put(String path, String json) {
    return send("PUT", path, JSON, json);
  }

  /** Removes. */
  public Answer delete(String path) {
    return send("DELETE", path, JSON, "");
  }

  /** Removes, with DeleteOptions. */
  public Answer delete(String path, String json) {
    return send("DELETE", path, JSON, json);
  }

  /** Any request; an empty body is sent as none. */
  public Answer send(String method, String path, String contentType, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(LONGEST)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .header("Accept", JSON);
    if (!body.isEmpty()) {
      request.header("Content-Type", contentType);
    }
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the API server had not answered.");
    }
  }
}

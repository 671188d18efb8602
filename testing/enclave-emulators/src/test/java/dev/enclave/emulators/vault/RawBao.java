package dev.enclave.emulators.vault;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.emulators.VaultServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;

/** Requests written by hand, and answers read without a library's help. */
final class RawBao {

  private final VaultServer server;
  private final URI address;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  RawBao(VaultServer server) {
    this(server, server.address());
  }

  private RawBao(VaultServer server, URI address) {
    this.server = server;
    this.address = address;
  }

  /** The same server's other node. */
  RawBao standby() {
    return new RawBao(server, server.standbyAddress());
  }

  /** An answer. */
  record Answer(int status, String body, HttpResponse<String> response) {

    /** A value by its path, such as {@code data.keys.1.name}. */
    String at(String path) {
      String value = all().get(path);
      if (value == null) {
        throw new NoSuchElementException(path + " is not in: " + body);
      }
      return value;
    }

    boolean has(String path) {
      return all().containsKey(path);
    }

    private Map<String, String> all() {
      try {
        return flat(body);
      } catch (IOException e) {
        throw new IllegalStateException(body, e);
      }
    }
  }

  /** With the root token; quotes of the JSON are written as apostrophes. */
  Answer call(String method, String path, String json) throws Exception {
    return send(method, path, json, "X-Vault-Token", server.rootToken());
  }

  Answer get(String path) throws Exception {
    return call("GET", path, "");
  }

  Answer post(String path, String json) throws Exception {
    return call("POST", path, json);
  }

  Answer send(String method, String path, String json, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + "/v1/" + path))
            .method(
                method,
                json.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body(), response);
  }

  /** The values of a JSON text by their paths. */
  static Map<String, String> flat(String json) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue()) {
          String pointer = parser.getParsingContext().pathAsPointer().toString();
          values.put(pointer.substring(1).replace('/', '.'), parser.getText());
        }
      }
    }
    return values;
  }
}

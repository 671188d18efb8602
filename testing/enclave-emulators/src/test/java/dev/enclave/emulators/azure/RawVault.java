package dev.enclave.emulators.azure;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.emulators.AzureKeyVaultServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;

/** Requests written by hand, and answers read without a library's help. */
final class RawVault {

  static final String VERSION = "7.6";

  private final AzureKeyVaultServer server;
  private final HttpClient client;

  RawVault(AzureKeyVaultServer server) {
    this.server = server;
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(AzureClients.trusting(server))
            .build();
  }

  /** With a token for {@code https://vault.azure.net} of the managed identity. */
  HttpResponse<String> send(String method, String path, String body) throws Exception {
    return send(method, path, body, "Authorization", "Bearer " + token("https://vault.azure.net"));
  }

  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws Exception {
    String separator = path.contains("?") ? "&" : "?";
    URI uri = URI.create(server.vaultUrl() + path + separator + "api-version=" + VERSION);
    return sendTo(uri, method, body, headers);
  }

  HttpResponse<String> sendTo(URI uri, String method, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  String token(String resource) throws Exception {
    HttpResponse<String> response =
        sendTo(
            URI.create(server.identityEndpoint() + "?api-version=2019-08-01&resource=" + resource),
            "GET",
            "",
            "X-IDENTITY-HEADER",
            server.identityHeader());
    return String.valueOf(flat(response.body()).get("access_token"));
  }

  /** The values of a JSON text by their paths, such as {@code error.innererror.code}. */
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

package dev.enclave.vault.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.emulators.VaultServer;
import dev.enclave.kit.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What an administrator of a server does with the root token, past Enclave. */
record VaultAdministrator(VaultServer server) {

  private static final String TOKEN = "/run/vault/token";
  private static final AtomicInteger PLACED = new AtomicInteger();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** What points a client at a node of the server. */
  Deployment deployment(URI node) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("enclave.environment", "development");
    settings.put("enclave.backend", "vault");
    settings.put("enclave.vault.address", node.toString());
    settings.put("enclave.vault.auth", "token");
    settings.put("enclave.vault.token-file", TOKEN);
    return new Deployment(settings, Map.of(), Map.of(TOKEN, server.rootToken()));
  }

  /** The data of an answer; empty where there is none. */
  Map<String, Object> read(String path) {
    return send("GET", path, Map.of());
  }

  Map<String, Object> write(String path, Map<String, Object> body) {
    return send("POST", path, body);
  }

  void delete(String path) {
    send("DELETE", path, Map.of());
  }

  private Map<String, Object> send(String method, String path, Map<String, Object> body) {
    HttpRequest request =
        HttpRequest.newBuilder(server.address().resolve("/v1/" + path))
            .header("X-Vault-Token", server.rootToken())
            .method(
                method,
                body.isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(Json.write(body)))
            .build();
    try {
      HttpResponse<byte[]> answer = HTTP.send(request, BodyHandlers.ofByteArray());
      if (answer.statusCode() >= 400 && answer.statusCode() != 404) {
        throw new AssertionError(path + ": " + new String(answer.body(), StandardCharsets.UTF_8));
      }
      return Json.map(Json.object(answer.body()).orElse(Map.of()), "data");
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Makes a Transit key, as a tool for infrastructure does, and says how it is to be adopted. */
  String place(KeyAlgorithm algorithm) {
    String key = "transit/keys/terraform-" + PLACED.incrementAndGet();
    String type = VaultScheme.type(algorithm);
    write(key, Map.of("type", type));
    return VaultScheme.of(type).size() == 1 ? key : key + "#" + algorithm;
  }
}

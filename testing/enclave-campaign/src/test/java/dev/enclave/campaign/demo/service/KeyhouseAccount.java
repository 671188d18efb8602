package dev.enclave.campaign.demo.service;

import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.emulators.internal.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The house as its administrator sees it, without Enclave. */
public final class KeyhouseAccount implements CloudAccount {

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI endpoint;
  private String token = "";

  public KeyhouseAccount(URI endpoint, String secret) {
    this.endpoint = endpoint;
    Map<String, Object> issued =
        send("POST", "token", Map.of("client", KeyhouseService.CLIENT, "secret", secret), "");
    this.token = String.valueOf(issued.get("token"));
  }

  @Override
  public Map<String, Set<String>> claimed() {
    Map<String, Set<String>> claimed = new TreeMap<>();
    for (Map<?, ?> key : documents()) {
      Set<String> versions = new HashSet<>();
      versions(key).forEach(version -> versions.add(text(version, "uri")));
      claimed.put(
          text(key, "uri").substring((KeyhouseService.HOUSE + "/keys/").length()), versions);
    }
    return claimed;
  }

  @Override
  public Map<String, State> keys() {
    Map<String, State> states = new HashMap<>();
    for (Map<?, ?> key : documents()) {
      for (Map<?, ?> version : versions(key)) {
        states.put(
            text(version, "uri"),
            switch (text(version, "state")) {
              case "DESTROYED" -> State.DESTROYED;
              case "DISABLED" -> State.RETIRED;
              default -> State.LIVE;
            });
      }
    }
    return states;
  }

  private List<Map<?, ?>> documents() {
    List<Map<?, ?>> documents = new ArrayList<>();
    String from = "";
    do {
      Map<String, Object> page =
          send("GET", KeyhouseService.HOUSE + "/keys?from=" + from, Map.of(), "");
      for (Object document : (List<?>) page.getOrDefault("keys", List.of())) {
        documents.add((Map<?, ?>) document);
      }
      from = (String) page.getOrDefault("next", "");
    } while (!from.isEmpty());
    return documents;
  }

  private static List<Map<?, ?>> versions(Map<?, ?> key) {
    List<Map<?, ?>> versions = new ArrayList<>();
    if (key.get("versions") instanceof List<?> listed) {
      listed.forEach(version -> versions.add((Map<?, ?>) version));
    }
    return versions;
  }

  private static String text(Map<?, ?> object, String member) {
    return String.valueOf(object.get(member));
  }

  /** Makes a key that Enclave knows nothing of, and returns the name of its version. */
  public String create(String name, String algorithm) {
    String uri = KeyhouseService.HOUSE + "/keys/" + name;
    send("PUT", uri, Map.of("algorithm", algorithm, "add", Map.of()), "*");
    return uri + "/versions/1";
  }

  @Override
  public String importP256(KeyPair pair) {
    String uri = KeyhouseService.HOUSE + "/keys/known";
    String encoded = Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded());
    send("POST", uri + "/import", Map.of("algorithm", HouseKey.P256, "privateKey", encoded), "");
    return uri + "/versions/1";
  }

  private Map<String, Object> send(
      String method, String path, Map<String, ?> body, String ifNoneMatch) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint + "/" + path))
            .header("Authorization", "Bearer " + token)
            .method(method, BodyPublishers.ofByteArray(Json.write(body)));
    if (!ifNoneMatch.isEmpty()) {
      request.header("If-None-Match", ifNoneMatch);
    }
    HttpResponse<byte[]> answer = answer(request.build());
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(
          method
              + " "
              + path
              + ": "
              + answer.statusCode()
              + " "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
    Map<String, Object> members = new HashMap<>();
    for (Map.Entry<String, @Nullable Object> member :
        Json.parseObject(answer.body()).orElseThrow().entrySet()) {
      if (member.getValue() != null) {
        members.put(member.getKey(), member.getValue());
      }
    }
    return members;
  }

  private HttpResponse<byte[]> answer(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {}
}

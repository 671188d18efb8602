package dev.enclave.campaign.demo.service;

import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial.Variant;
import dev.enclave.emulators.internal.crypto.PrivateKeys;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The keys of a house. Their private keys never leave it. Thread-safe. */
final class House {

  private static final int PAGE = 50;
  private static final int LONGEST_MESSAGE = 4096;
  private static final int DIGEST = 32;

  private final TreeMap<String, HouseKey> keys = new TreeMap<>();
  private final SecureRandom random;
  private final Duration lag;

  House(SecureRandom random, Duration lag) {
    this.random = random;
    this.lag = lag;
  }

  /** If-None-Match: * is obligatory, so that nobody replaces a key. */
  synchronized ServiceResponse create(String name, ServiceRequest request, Map<?, ?> asked)
      throws Refusal {
    if (!request.header("If-None-Match").orElse("").equals("*")) {
      throw Refusal.invalid("If-None-Match: * is missing.");
    }
    requireFree(name);
    HouseKey key = new HouseKey(uri(name), text(asked, "algorithm"));
    key.update(asked, request.time(), random);
    keys.put(name, key);
    return document(201, key);
  }

  private static String uri(String name) {
    return KeyhouseService.HOUSE + "/keys/" + name;
  }

  synchronized ServiceResponse importKey(String name, ServiceRequest request, Map<?, ?> asked)
      throws Refusal {
    requireFree(name);
    HouseKey key = new HouseKey(uri(name), text(asked, "algorithm"));
    key.addVersion(
        PrivateKeys.parse(decode(text(asked, "privateKey")), random)
            .orElseThrow(() -> Refusal.invalid("That is no private key.")),
        request.time(),
        "IMPORTED");
    keys.put(name, key);
    return document(201, key);
  }

  private void requireFree(String name) throws Refusal {
    if (keys.containsKey(name)) {
      throw new Refusal(412, "KeyExists", "There is a key of this name.");
    }
  }

  /** Late, as lists are. */
  synchronized ServiceResponse get(String name, ServiceRequest request) throws Refusal {
    HouseKey key = key(name);
    Map<String, Object> shown = key.documentAt(request.time().minus(lag)).orElseThrow(House::noKey);
    return ServiceResponse.of(200, Json.write(shown)).aboutKey(key.uri);
  }

  private static Refusal noKey() {
    return new Refusal(404, "KeyNotFound", "There is no key of this name.");
  }

  synchronized ServiceResponse update(String name, ServiceRequest request, Map<?, ?> asked)
      throws Refusal {
    HouseKey key = unchanged(name, request);
    key.update(asked, request.time(), random);
    return document(200, key);
  }

  synchronized ServiceResponse change(
      String name, String version, ServiceRequest request, Map<?, ?> asked) throws Refusal {
    HouseKey key = key(name);
    key.change(version, asked.get("state"), request.time());
    return document(200, key);
  }

  private HouseKey unchanged(String name, ServiceRequest request) throws Refusal {
    HouseKey key = key(name);
    if (!request.header("If-Match").orElse("").equals(key.etag())) {
      throw new Refusal(412, "RevisionMismatch", "The key has changed since it was read.");
    }
    return key;
  }

  private HouseKey key(String name) throws Refusal {
    HouseKey key = keys.get(name);
    if (key == null) {
      throw noKey();
    }
    return key;
  }

  /** By name, so that whoever was there at the first page is on one. */
  synchronized ServiceResponse list(String from, ServiceRequest request) throws Refusal {
    List<Object> page = new ArrayList<>();
    Map<String, Object> answer = new LinkedHashMap<>();
    for (Map.Entry<String, HouseKey> key :
        keys.tailMap(from.isEmpty() ? "" : lastBefore(from), false).entrySet()) {
      if (page.size() == PAGE) {
        break;
      }
      key.getValue().documentAt(request.time().minus(lag)).ifPresent(page::add);
      answer.put("next", "after-" + hex(key.getKey()));
    }
    if (page.size() < PAGE) {
      answer.put("next", "");
    }
    answer.put("keys", page);
    return ServiceResponse.of(200, Json.write(answer));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String lastBefore(String page) throws Refusal {
    if (!page.matches("after-([0-9a-f]{2})+")) {
      throw new Refusal(400, "InvalidPage", "No page begins there.");
    }
    return new String(
        HexFormat.of().parseHex(page.substring("after-".length())), StandardCharsets.UTF_8);
  }

  ServiceResponse sign(String name, String number, Map<?, ?> asked) throws Refusal {
    HouseKey key;
    SigningMaterial material;
    synchronized (this) {
      key = key(name);
      material = key.usable(number);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("version", key.uri + "/versions/" + number);
    answer.put("signature", signature(material, asked, random));
    return ServiceResponse.of(200, Json.write(answer)).aboutKey(key.uri);
  }

  /** ECDSA takes digests of 32 octets, Ed25519 messages. */
  static byte[] signature(SigningMaterial material, Map<?, ?> asked, SecureRandom random)
      throws Refusal {
    if (material instanceof EcMaterial curve) {
      byte[] digest = decode(text(asked, "digest"));
      if (digest.length != DIGEST) {
        throw Refusal.invalid("The digest has not 32 octets.");
      }
      return curve.sign(digest, random).der();
    }
    byte[] message = decode(text(asked, "message"));
    if (message.length > LONGEST_MESSAGE) {
      throw Refusal.invalid("The message is longer than 4096 octets.");
    }
    return ((EdwardsMaterial) material).sign(Variant.PURE, message);
  }

  private static String text(Map<?, ?> object, String member) throws Refusal {
    if (object.get(member) instanceof String text) {
      return text;
    }
    throw Refusal.invalid(member + " is missing.");
  }

  private static byte[] decode(@Nullable String base64) throws Refusal {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw Refusal.invalid("That is no Base64.");
    }
  }

  private static ServiceResponse document(int status, HouseKey key) {
    return ServiceResponse.of(status, Json.write(key.document()))
        .withHeader("ETag", key.etag())
        .aboutKey(key.uri);
  }
}

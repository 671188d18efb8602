package dev.enclave.campaign.demo.service;

import dev.enclave.emulators.internal.crypto.Curve;
import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A key with its labels and versions, and the revision of all that. Guarded by its house. */
final class HouseKey {

  static final String P256 = "ES256";
  static final String SECP256K1 = "ES256K";
  static final String ED25519 = "EdDSA";

  private static final Set<String> STATES =
      Set.of("PENDING", "ACTIVE", "VERIFY_ONLY", "DISABLED", "DESTROYED");

  final String uri;
  final String algorithm;
  private final Map<String, String> labels = new TreeMap<>();
  private final List<Version> versions = new ArrayList<>();
  private int revision;

  HouseKey(String uri, String algorithm) {
    this.uri = uri;
    this.algorithm = algorithm;
  }

  private static final class Version {

    final SigningMaterial material;
    final Instant created;
    final String origin;
    final Map<String, String> labels = new TreeMap<>();
    String state;
    final List<Long> activations = new ArrayList<>();

    Version(SigningMaterial material, String state, Instant created, String origin) {
      this.material = material;
      this.state = state;
      this.created = created;
      this.origin = origin;
    }
  }

  static SigningMaterial generate(String algorithm, SecureRandom random) throws Refusal {
    return switch (algorithm) {
      case P256 -> EcMaterial.generate(Curve.P_256, random);
      case SECP256K1 -> EcMaterial.generate(Curve.SECP256K1, random);
      case ED25519 -> EdwardsMaterial.generate(random);
      default -> throw Refusal.invalid("There is no such algorithm.");
    };
  }

  void addVersion(SigningMaterial material, Instant created, String origin) {
    String state = versions.isEmpty() ? "ACTIVE" : "PENDING";
    Version added = new Version(material, state, created, origin);
    if (state.equals("ACTIVE")) {
      added.activations.add(created.toEpochMilli());
    }
    versions.add(added);
    revision++;
  }

  /**
   * Merges labels, changes states of versions, and adds a version with labels; all of it or
   * nothing. Of all versions one at most is active, and none is destroyed for a time.
   */
  void update(Map<?, ?> changes, Instant now, SecureRandom random) throws Refusal {
    Map<?, ?> states = object(changes.get("states"));
    requireAllowed(states);
    merge(labels, object(changes.get("labels")));
    for (int i = 0; i < versions.size(); i++) {
      if (states.get(Integer.toString(i + 1)) instanceof String state) {
        Version version = versions.get(i);
        version.state = state;
        if (state.equals("ACTIVE")) {
          version.activations.add(now.toEpochMilli());
        }
      }
    }
    if (changes.containsKey("add")) {
      addVersion(generate(algorithm, random), now, "GENERATED");
      merge(versions.get(versions.size() - 1).labels, object(changes.get("add")));
    }
    revision++;
  }

  private void requireAllowed(Map<?, ?> states) throws Refusal {
    for (Object number : states.keySet()) {
      Version version = version(String.valueOf(number));
      if (!STATES.contains(states.get(number))) {
        throw Refusal.invalid("There is no such state.");
      }
      if (version.state.equals("DESTROYED") && !"DESTROYED".equals(states.get(number))) {
        throw new Refusal(409, "NotUsable", "The version is destroyed.");
      }
    }
    int active = 0;
    for (int i = 0; i < versions.size(); i++) {
      Object state = states.get(Integer.toString(i + 1));
      active += "ACTIVE".equals(state == null ? versions.get(i).state : state) ? 1 : 0;
    }
    if (active > 1) {
      throw new Refusal(409, "NotUsable", "Another version is active.");
    }
  }

  private static void merge(Map<String, String> labels, Map<?, ?> changes) {
    changes.forEach((name, value) -> labels.put((String) name, String.valueOf(value)));
  }

  private static Map<?, ?> object(@Nullable Object value) throws Refusal {
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map<?, ?> object) {
      return object;
    }
    throw Refusal.invalid("An object was expected.");
  }

  private Version version(String number) throws Refusal {
    for (int i = 0; i < versions.size(); i++) {
      if (number.equals(Integer.toString(i + 1))) {
        return versions.get(i);
      }
    }
    throw new Refusal(404, "NoVersion", "The key has no such version.");
  }

  SigningMaterial usable(String number) throws Refusal {
    Version version = version(number);
    if (!version.state.equals("ACTIVE")) {
      throw new Refusal(409, "NotUsable", "The version is " + version.state + ".");
    }
    return version.material;
  }

  String etag() {
    return "\"" + revision + "\"";
  }

  Map<String, Object> document() {
    List<Object> listed = new ArrayList<>();
    for (Version version : versions) {
      Map<String, Object> shown = new LinkedHashMap<>();
      String number = Integer.toString(listed.size() + 1);
      shown.put("number", number);
      shown.put("uri", uri + "/versions/" + number);
      shown.put("state", version.state);
      shown.put("created", version.created.toEpochMilli());
      shown.put("activations", List.copyOf(version.activations));
      shown.put("origin", version.origin);
      shown.put("protection", "HSM");
      shown.put("publicKey", version.material.publicKey());
      shown.put("labels", Map.copyOf(version.labels));
      listed.add(shown);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("uri", uri);
    document.put("algorithm", algorithm);
    document.put("revision", Integer.toString(revision));
    document.put("labels", Map.copyOf(labels));
    document.put("versions", listed);
    return document;
  }
}

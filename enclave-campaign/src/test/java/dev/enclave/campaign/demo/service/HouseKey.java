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
    versions.add(new Version(material, state, created, origin));
    revision++;
  }

  /**
   * Merges labels, of the key and of versions, and states of versions; all of it or nothing. The
   * version that would be the next one is made. Of all versions one at most is active.
   */
  void update(Map<?, ?> changes, Instant now, SecureRandom random) throws Refusal {
    Map<?, ?> ofVersions = object(changes.get("versions"));
    String next = Integer.toString(versions.size() + 1);
    for (Map.Entry<?, ?> change : ofVersions.entrySet()) {
      if (!next.equals(change.getKey())) {
        requireState(version((String) change.getKey()), object(change.getValue()).get("state"));
      }
    }
    requireOneActive(ofVersions);
    if (ofVersions.containsKey(next)) {
      addVersion(generate(algorithm, random), now, "GENERATED");
    }
    merge(labels, changes.get("labels"));
    for (Map.Entry<?, ?> change : ofVersions.entrySet()) {
      Version version = version((String) change.getKey());
      merge(version.labels, object(change.getValue()).get("labels"));
      if (object(change.getValue()).get("state") instanceof String state) {
        version.state = state;
      }
    }
    revision++;
  }

  private static void requireState(Version version, @Nullable Object state) throws Refusal {
    if (state != null && !STATES.contains(state)) {
      throw Refusal.invalid("There is no such state.");
    }
    if (version.state.equals("DESTROYED") && state != null && !state.equals("DESTROYED")) {
      throw new Refusal(409, "NotUsable", "The version is destroyed.");
    }
  }

  private void requireOneActive(Map<?, ?> ofVersions) throws Refusal {
    int active = 0;
    for (int i = 0; i < versions.size(); i++) {
      Object state = object(ofVersions.get(Integer.toString(i + 1))).get("state");
      active += "ACTIVE".equals(state == null ? versions.get(i).state : state) ? 1 : 0;
    }
    if (active > 1) {
      throw new Refusal(409, "NotUsable", "Another version is active.");
    }
  }

  /** An empty label is none. */
  private static void merge(Map<String, String> labels, @Nullable Object changes) throws Refusal {
    for (Map.Entry<?, ?> change : object(changes).entrySet()) {
      if ("".equals(change.getValue())) {
        labels.remove((String) change.getKey());
      } else {
        labels.put((String) change.getKey(), String.valueOf(change.getValue()));
      }
    }
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

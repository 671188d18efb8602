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
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A key with its labels and versions, and the revision of all that. Guarded by its house. */
final class HouseKey {

  static final String P256 = "ES256";
  static final String SECP256K1 = "ES256K";
  static final String ED25519 = "EdDSA";

  private static final Set<String> STATES = Set.of("ENABLED", "DISABLED", "DESTROYED");

  final String uri;
  final String algorithm;
  private final Map<String, String> labels = new TreeMap<>();
  private final List<Version> versions = new ArrayList<>();
  private final NavigableMap<Instant, Map<String, Object>> shown = new TreeMap<>();
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
    String state = "ENABLED";

    Version(SigningMaterial material, Instant created, String origin) {
      this.material = material;
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
    Version added = new Version(material, created, origin);
    versions.add(added);
    revised(created);
  }

  private void revised(Instant now) {
    revision++;
    shown.put(now, document());
  }

  /** As it was then; nothing if it was made later. */
  Optional<Map<String, Object>> documentAt(Instant then) {
    return Optional.ofNullable(shown.floorEntry(then)).map(Map.Entry::getValue);
  }

  /** Merges labels, and adds a version with labels. */
  void update(Map<?, ?> changes, Instant now, SecureRandom random) throws Refusal {
    merge(labels, object(changes.get("labels")));
    if (changes.containsKey("add")) {
      addVersion(generate(algorithm, random), now, "GENERATED");
      merge(versions.get(versions.size() - 1).labels, object(changes.get("add")));
    }
    revised(now);
  }

  /** Whatever else changes at the same time. None is destroyed for a time. */
  void change(String number, @Nullable Object state, Instant now) throws Refusal {
    Version version = version(number);
    if (!(state instanceof String asked) || !STATES.contains(asked)) {
      throw Refusal.invalid("There is no such state.");
    }
    if (version.state.equals("DESTROYED") && !asked.equals("DESTROYED")) {
      throw new Refusal(409, "NotUsable", "The version is destroyed.");
    }
    version.state = asked;
    revised(now);
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
    if (!version.state.equals("ENABLED")) {
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

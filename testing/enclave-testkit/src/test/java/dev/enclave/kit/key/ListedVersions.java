package dev.enclave.kit.key;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.key.ServiceKey.Material;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Versions as a service would list them, and the rule on them, without a service. */
final class ListedVersions {

  static final KeyName NAME = KeyName.of("wallet");

  private static final Refusals REFUSALS = new Refusals(BackendId.of("memory"), "The memory");

  /** No request is sent by the rule. */
  private static final ElectedWinners RULE =
      new ElectedWinners(
          (ElectionService)
              Proxy.newProxyInstance(
                  ElectionService.class.getClassLoader(),
                  new Class<?>[] {ElectionService.class},
                  (proxy, method, arguments) ->
                      switch (method.getName()) {
                        case "refusals" -> REFUSALS;
                        case "tagPrefix" -> "enclave-";
                        case "uri" -> "memory:wallet";
                        default -> throw new AssertionError(method);
                      }));

  private ListedVersions() {}

  /** Tags as the decision record has them, of a version that was made for that. */
  static Map<String, String> tags(KeyName name, String made) {
    return Map.of(
        "enclave-key", name.value(),
        "enclave-environment", "DEVELOPMENT",
        "enclave-algorithm", "ECDSA_P256_SHA256",
        "enclave-rotation", "never",
        "enclave-made", made);
  }

  static ServiceKey first(String id, long second) {
    return of(id, second, tags(NAME, "CREATION/create-" + id + "/1"));
  }

  static ServiceKey next(String id, long second) {
    return of(id, second, tags(NAME, "ROTATION/rotate-" + id + "/2"));
  }

  /** A part of what one operation brought from elsewhere. */
  static ServiceKey part(
      String id, long second, String operation, int place, int of, KeyState state) {
    String made = "RESTORATION/" + operation + "/" + place + "/" + of + "/" + state;
    ServiceKey part = of(id, second, tags(NAME, made));
    return state == KeyState.DISABLED ? part.with(Material.OFF) : part;
  }

  static ServiceKey stranger(String id, long second) {
    return of(id, second, Map.of());
  }

  /** As the service's own rotation may make it: with the tags of the version before. */
  static ServiceKey copy(ServiceKey of, String id, long second) {
    return of(id, second, of.tags());
  }

  static ServiceKey of(String id, long second, Map<String, String> tags) {
    Instant at = Instant.ofEpochSecond(second);
    return new ServiceKey(
        id, "memory:wallet/" + id, at, at, Material.ON, KeyOrigin.UNKNOWN, tags, "");
  }

  /** The same, changed at a second: with that tag, or without it where it is to be empty. */
  static ServiceKey changed(ServiceKey version, long second, String tag, String text) {
    Map<String, String> tags = new TreeMap<>(version.tags());
    tags.put("enclave-version", version.id());
    tags.put(tag, text);
    tags.values().removeIf(String::isEmpty);
    return new ServiceKey(
        version.id(),
        version.uri(),
        version.createdAt(),
        Instant.ofEpochSecond(second),
        version.material(),
        version.origin(),
        tags,
        "");
  }

  static ServiceKey marked(ServiceKey version, String mark) {
    return changed(version, version.changedAt().getEpochSecond(), "enclave-state", mark);
  }

  /** The same with a claim that was made at a second and not written down. */
  static ServiceKey claiming(ServiceKey version, int number, long second) {
    return changed(version, second, "enclave-active", Integer.toString(number));
  }

  /** The key, for who has waited. */
  static LedgerKey key(ServiceKey... versions) {
    return key(List.of(versions), ElectedWinners.EVERYTHING).orElseThrow();
  }

  /** The key, for a reader that does not look at what is younger than a second. */
  static Optional<LedgerKey> key(List<ServiceKey> listed, long lastSecond) {
    return RULE.key(NAME, listed, lastSecond);
  }

  static List<String> ids(List<ServiceKey> versions) {
    return versions.stream().map(ServiceKey::id).toList();
  }
}

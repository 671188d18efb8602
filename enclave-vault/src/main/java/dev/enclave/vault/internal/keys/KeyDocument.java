package dev.enclave.vault.internal.keys;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.Decision;
import dev.enclave.kit.key.KeyMetadata;
import dev.enclave.vault.internal.keys.TransitKey.Made;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A key's document in the key-value store: what is fixed about the key, the last decision, and its
 * versions with the Transit keys that are their private halves. What somebody else wrote into it
 * stays. Immutable.
 *
 * @param data as it lies there
 * @param revision the store's number for it; 0 before it is there
 */
record KeyDocument(Map<String, Object> data, long revision) {

  static final String PREFIX = "enclave-";

  private static final String KEY = "key";
  private static final String DECISION = "decision";
  private static final String VERSIONS = "versions";
  private static final String REVISION = "revision";

  /**
   * A version.
   *
   * @param transitKey whose first version is its private half
   * @param operation that made it
   * @param made what Transit told of it
   */
  record Entry(
      int number,
      String transitKey,
      String operation,
      Made made,
      boolean imported,
      boolean destroyed) {

    Entry asDestroyed() {
      return new Entry(number, transitKey, operation, made, imported, true);
    }

    private Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("transit-key", transitKey);
      map.put("operation", operation);
      map.put("created", made.created());
      map.put("public-key", made.publicKey());
      map.put("imported", imported);
      map.put("destroyed", destroyed);
      return map;
    }

    private static Entry of(String number, Object map) {
      return new Entry(
          Integer.parseInt(number),
          Json.text(map, "transit-key"),
          Json.text(map, "operation"),
          new Made(Json.text(map, "created"), Json.text(map, "public-key")),
          map instanceof Map<?, ?> told && Boolean.TRUE.equals(told.get("imported")),
          map instanceof Map<?, ?> told && Boolean.TRUE.equals(told.get("destroyed")));
    }
  }

  /** Of a key that is to be made. */
  static KeyDocument of(KeyMetadata wanted) {
    return new KeyDocument(Map.of(KEY, wanted.toTags(PREFIX, EnvironmentType::name)), 0);
  }

  /** The key's tags. */
  Map<String, String> tags() {
    return Json.texts(data, KEY);
  }

  /** Nothing if it is not one of that key. */
  Optional<KeyMetadata> metadata(KeyName name, String uri) {
    return KeyMetadata.parse(name, tags(), PREFIX, EnvironmentType::name, uri, Instant.EPOCH);
  }

  /** The last decision; nothing where it cannot be read. */
  Optional<Decision> decision(KeyMetadata key) {
    if (data.containsKey(DECISION)) {
      return Decision.parse("", Json.texts(data, DECISION));
    }
    return Optional.of(
        key.restored() ? Decision.none(key.operationId()) : Decision.first("1", key.operationId()));
  }

  /** In the order of their numbers; what has no number is none. */
  List<Entry> versions() {
    TreeMap<Integer, Entry> versions = new TreeMap<>();
    Json.map(data, VERSIONS)
        .forEach(
            (number, told) -> {
              if (number.matches("[1-9][0-9]{0,4}")) {
                versions.put(Integer.parseInt(number), Entry.of(number, told));
              }
            });
    return List.copyOf(versions.values());
  }

  /** The version of a Transit key. */
  Optional<Entry> version(String transitKey) {
    return versions().stream().filter(it -> it.transitKey().equals(transitKey)).findFirst();
  }

  /** The number after the last one; none comes again, since no version is ever taken out. */
  int nextNumber() {
    List<Entry> versions = new ArrayList<>(versions());
    return versions.isEmpty() ? 1 : versions.get(versions.size() - 1).number() + 1;
  }

  /** The same with a version, new or in the place of the one of its number. */
  KeyDocument with(Entry version) {
    Map<String, Object> versions = new LinkedHashMap<>(Json.map(data, VERSIONS));
    versions.put(Integer.toString(version.number()), version.toMap());
    return with(VERSIONS, versions);
  }

  /** The same after another decision. */
  KeyDocument with(Decision next) {
    return with(DECISION, next.toTags(""));
  }

  private KeyDocument with(String member, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(data);
    changed.put(member, value);
    return new KeyDocument(changed, revision);
  }

  /** The same, to be written as the next revision. */
  KeyDocument toBeWritten() {
    return revision == 0 || isOfItsRevision() ? with(REVISION, revision + 1) : this;
  }

  /**
   * Whether all of it was written by Enclave. One that somebody rolled back or edited may lack
   * versions that are in use, for good.
   */
  boolean isOfItsRevision() {
    return Long.valueOf(revision).equals(data.get(REVISION));
  }
}

package dev.enclave.kit.key;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.kit.json.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A key's document at a service of {@link DocumentedKeys}: what is fixed about the key, the last
 * decision, and its versions with the names of their private halves. What somebody else wrote into
 * it stays. Immutable.
 *
 * @param data as it lies there, an object of JSON
 * @param revision the number under which it lies there, counted from 1; 0 before it is there
 */
public record KeyDocument(Map<String, Object> data, long revision) {

  static final String PREFIX = "enclave-";

  private static final String KEY = "key";
  private static final String DECISION = "decision";
  private static final String VERSIONS = "versions";
  private static final String REVISION = "revision";

  /**
   * What a service tells of how a private key was made.
   *
   * @param at when
   * @param publicKey as the adapter writes it; empty of a symmetric key
   */
  public record Made(Instant at, String publicKey) {}

  /**
   * A version.
   *
   * @param number counted from 1; none comes again
   * @param privateKey the service's name of its private half
   * @param operation that made it
   * @param made what the service told when it was made
   * @param imported whether it came from outside
   * @param destroyed whether its private half is destroyed, or is about to be
   */
  public record Entry(
      int number,
      String privateKey,
      String operation,
      Made made,
      boolean imported,
      boolean destroyed) {

    Entry asDestroyed() {
      return new Entry(number, privateKey, operation, made, imported, true);
    }

    private Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("private-key", privateKey);
      map.put("operation", operation);
      map.put("created", made.at().toString());
      map.put("public-key", made.publicKey());
      map.put("imported", imported);
      map.put("destroyed", destroyed);
      return map;
    }

    private static Entry of(int number, Object map) {
      return new Entry(
          number,
          Json.text(map, "private-key"),
          Json.text(map, "operation"),
          new Made(time(Json.text(map, "created")), Json.text(map, "public-key")),
          is(map, "imported"),
          is(map, "destroyed"));
    }

    private static boolean is(Object map, String member) {
      return map instanceof Map<?, ?> told && Boolean.TRUE.equals(told.get(member));
    }

    private static Instant time(String text) {
      try {
        return Instant.parse(text);
      } catch (DateTimeException e) {
        return Instant.EPOCH;
      }
    }
  }

  /** Of a key that is to be made. */
  static KeyDocument of(KeyMetadata wanted) {
    return new KeyDocument(Map.of(KEY, wanted.toTags(PREFIX, EnvironmentType::name)), 0);
  }

  /** The key's tags. */
  public Map<String, String> tags() {
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
  public List<Entry> versions() {
    TreeMap<Integer, Entry> versions = new TreeMap<>();
    Json.map(data, VERSIONS)
        .forEach(
            (text, told) -> {
              if (text.matches("[1-9][0-9]{0,4}")) {
                int number = Integer.parseInt(text);
                versions.put(number, Entry.of(number, told));
              }
            });
    return List.copyOf(versions.values());
  }

  /** The version of a private key. */
  public Optional<Entry> version(String privateKey) {
    return versions().stream().filter(it -> it.privateKey().equals(privateKey)).findFirst();
  }

  /** The number after the last one; none comes again, since no version is ever taken out. */
  int nextNumber() {
    return 1 + versions().stream().mapToInt(Entry::number).max().orElse(0);
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

  /** The same, to be written as the next revision, whose number it has as {@code revision}. */
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

  /** The revision that the document itself says it is; 0 if none. */
  public static long revisionIn(Map<String, Object> data) {
    return data.get(REVISION) instanceof Long number && number > 0 ? number : 0;
  }
}

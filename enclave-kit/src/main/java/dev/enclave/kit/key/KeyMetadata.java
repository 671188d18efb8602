package dev.enclave.kit.key;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.RestoreRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is fixed about a key when it is made. Immutable.
 *
 * @param name the key
 * @param algorithm its scheme
 * @param stamp the environment type, as far as it can be read
 * @param rotation the interval that it was made with
 * @param operationId which operation made it
 * @param restored whether its first versions come from outside
 * @param uri the service's own name for the key; empty before it is made
 * @param createdAt when its first version was made; {@link Instant#EPOCH} if the first of its
 *     versions tells
 */
public record KeyMetadata(
    KeyName name,
    KeyAlgorithm algorithm,
    StampReading stamp,
    RotationInterval rotation,
    String operationId,
    boolean restored,
    String uri,
    Instant createdAt) {

  /** Names of tags, behind the service's prefix: {@link KeyService#tagPrefix}. */
  public static final String KEY = "key";

  /** The environment type; a tag of its own, since access conditions name it. */
  public static final String STAMP = "environment";

  public static final String ALGORITHM = "algorithm";
  public static final String ROTATION = "rotation";
  public static final String OPERATION = "operation";
  public static final String RESTORED = "restored";

  /** Of a key that is to be made. */
  public static KeyMetadata of(CreateRequest request) {
    return new KeyMetadata(
        request.name(),
        request.algorithm(),
        StampReading.of(request.stamp()),
        request.rotation(),
        request.operationId(),
        false,
        "",
        Instant.EPOCH);
  }

  /** Of a key that is to be restored. */
  public static KeyMetadata of(RestoreRequest request) {
    return new KeyMetadata(
        request.name(),
        request.key().algorithm(),
        StampReading.of(request.stamp()),
        request.key().rotation(),
        request.operationId(),
        true,
        "",
        Instant.EPOCH);
  }

  /**
   * As tags.
   *
   * @param prefix of their names
   * @param spelling how the service's keys carry an environment type
   */
  public Map<String, String> toTags(String prefix, Function<EnvironmentType, String> spelling) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(prefix + KEY, name.value());
    if (stamp instanceof StampReading.Stamped stamped) {
      tags.put(prefix + STAMP, spelling.apply(stamped.environment()));
    }
    tags.put(prefix + ALGORITHM, algorithm.name());
    tags.put(prefix + ROTATION, rotation.toString());
    tags.put(prefix + OPERATION, operationId);
    if (restored) {
      tags.put(prefix + RESTORED, "yes");
    }
    return tags;
  }

  /**
   * Reads {@link #toTags}. What somebody else mangled counts as absent, except a stamp; a key
   * without an interval is not rotated unasked.
   *
   * @return nothing if they are not those of that key
   */
  public static Optional<KeyMetadata> parse(
      KeyName name,
      Map<String, String> tags,
      String prefix,
      Function<EnvironmentType, String> spelling,
      String uri,
      Instant createdAt) {
    Optional<KeyAlgorithm> algorithm =
        Optional.ofNullable(tags.get(prefix + ALGORITHM)).flatMap(StoredText::algorithm);
    return algorithm
        .filter(any -> name.value().equals(tags.get(prefix + KEY)))
        .map(
            scheme ->
                new KeyMetadata(
                    name,
                    scheme,
                    StoredText.stamp(
                        Texts.TAG_WITH_PREFIX.with(prefix, STAMP),
                        tags.get(prefix + STAMP),
                        spelling),
                    Optional.ofNullable(tags.get(prefix + ROTATION))
                        .flatMap(StoredText::interval)
                        .orElse(RotationInterval.NEVER),
                    tags.getOrDefault(prefix + OPERATION, ""),
                    tags.containsKey(prefix + RESTORED),
                    uri,
                    createdAt));
  }

  /** Whether a restoration may go on where another one stopped: all is the same but who asked. */
  public boolean restoresAs(KeyMetadata other) {
    return restored
        && other.restored
        && name.equals(other.name)
        && algorithm == other.algorithm
        && rotation.equals(other.rotation)
        && stamp.equals(other.stamp);
  }
}

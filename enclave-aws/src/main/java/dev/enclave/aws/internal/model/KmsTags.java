package dev.enclave.aws.internal.model;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.kit.key.MovedTags;
import dev.enclave.kit.key.StoredText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.kms.model.Tag;

/**
 * What the tags of a KMS key say. Written so that a key whose neighbours are deleted still tells
 * where it stands. What somebody else mangled counts as absent.
 *
 * @param name the Enclave key this is a version of
 * @param number which version, as intended when it was made; aliases are the truth
 * @param operationId which operation made it
 * @param stamp the environment type
 * @param rotation the interval as far as this version was told
 * @param algorithm the scheme
 * @param activation the last activation it was meant for; aliases are the truth
 * @param replacement by which version it was meant to be replaced
 * @param retired which activation retired it: 0 for one that was retired by itself
 * @param first the key's first version
 * @param activated when it became active, where the version that it replaced is gone
 * @param restoring of the first version while a restoration is under way: of what
 * @param moved where the key was migrated to with this version
 */
public record KmsTags(
    Optional<KeyName> name,
    int number,
    String operationId,
    StampReading stamp,
    Rotation rotation,
    Optional<KeyAlgorithm> algorithm,
    Activation activation,
    Optional<Replacement> replacement,
    Optional<Integer> retired,
    Optional<First> first,
    Optional<Activated> activated,
    Optional<String> restoring,
    Optional<KeyHandle> moved) {

  public static final String NAME = "enclave:key";
  public static final String NUMBER = "enclave:version";
  public static final String OPERATION = "enclave:operation";
  public static final String STAMP = "enclave:environment";
  public static final String ROTATION = "enclave:rotation";
  public static final String ALGORITHM = "enclave:algorithm";
  public static final String ACTIVATION = "enclave:activation";
  public static final String REPLACEMENT = "enclave:replaced-by";
  public static final String RETIRED = "enclave:retired";
  static final String FIRST = "enclave:first";
  public static final String ACTIVATED = "enclave:activated";
  public static final String RESTORING = "enclave:restoring";
  public static final String MOVED = "enclave:moved-to";

  /**
   * The intention to make another version active in this one's place.
   *
   * @param activation the activation it is to be
   * @param number the successor's number
   * @param keyId the successor's KMS key
   * @param at when
   */
  public record Replacement(int activation, int number, String keyId, Instant at) {

    private static Optional<Replacement> parse(String value) {
      String[] parts = value.split("/", -1);
      if (parts.length != 4
          || StoredText.number(parts[0]) == 0
          || StoredText.number(parts[1]) == 0) {
        return Optional.empty();
      }
      return StoredText.instant(parts[3])
          .map(
              at ->
                  new Replacement(
                      StoredText.number(parts[0]), StoredText.number(parts[1]), parts[2], at));
    }

    public String value() {
      return activation + "/" + number + "/" + keyId + "/" + at.toEpochMilli();
    }
  }

  /**
   * An activation that a version is meant for. What it does to the version that it replaces is said
   * here, since of several successors that want to replace it the one counts that wins.
   *
   * @param number which activation; 0 for none
   * @param disables whether the version that it replaces is to be DISABLED
   */
  public record Activation(int number, boolean disables) {

    private static final String DISABLES = "/" + KeyState.DISABLED;

    private static Activation parse(String value) {
      boolean disables = value.endsWith(DISABLES);
      int end = value.length() - (disables ? DISABLES.length() : 0);
      return new Activation(StoredText.number(value.substring(0, end)), disables);
    }

    public String value() {
      return disables ? number + DISABLES : Integer.toString(number);
    }
  }

  /**
   * When a version became active; as long as the version is there that it replaced, that one says
   * so.
   *
   * @param activation which activation it was
   * @param at when
   */
  public record Activated(int activation, Instant at) {

    private static Optional<Activated> parse(String value) {
      String[] parts = value.split("/", -1);
      return parts.length != 2 || StoredText.number(parts[0]) == 0
          ? Optional.empty()
          : StoredText.instant(parts[1]).map(at -> new Activated(StoredText.number(parts[0]), at));
    }

    public String value() {
      return activation + "/" + at.toEpochMilli();
    }
  }

  /**
   * The first version of the key, which may be gone for good.
   *
   * @param keyId its KMS key
   * @param createdAt when it was made
   */
  public record First(String keyId, Instant createdAt) {

    private static Optional<First> parse(String value) {
      String[] parts = value.split("/", -1);
      return parts.length != 2
          ? Optional.empty()
          : StoredText.instant(parts[1]).map(at -> new First(parts[0], at));
    }

    public String value() {
      return keyId + "/" + createdAt.toEpochMilli();
    }
  }

  /**
   * How often the key is due for rotation. Every version carries it, so that it stays whichever of
   * them is deleted.
   *
   * @param interval how often
   * @param change how many times it was changed before; of versions that differ the highest counts
   */
  public record Rotation(RotationInterval interval, int change) {

    /** Of a key that records none: it is not rotated unasked. */
    static final Rotation UNRECORDED = new Rotation(RotationInterval.NEVER, 0);

    private static Optional<Rotation> parse(String value) {
      String[] parts = value.split("/", -1);
      int change = parts.length == 2 ? StoredText.number(parts[1]) : 0;
      return parts.length > 2 || (parts.length == 2 && change == 0)
          ? Optional.empty()
          : StoredText.interval(parts[0]).map(interval -> new Rotation(interval, change));
    }

    /** The next change, to another interval. */
    public Rotation changedTo(RotationInterval other) {
      return new Rotation(other, change + 1);
    }

    public String value() {
      return change == 0 ? interval.toString() : interval + "/" + change;
    }
  }

  public static KmsTags parse(List<Tag> tags) {
    Map<String, String> values = new HashMap<>();
    tags.forEach(tag -> values.put(tag.tagKey(), tag.tagValue()));
    return new KmsTags(
        Optional.ofNullable(values.get(NAME)).flatMap(StoredText::name),
        StoredText.number(values.get(NUMBER)),
        values.getOrDefault(OPERATION, ""),
        StoredText.stamp("tag " + STAMP, values.get(STAMP), EnvironmentType::name),
        Optional.ofNullable(values.get(ROTATION))
            .flatMap(Rotation::parse)
            .orElse(Rotation.UNRECORDED),
        Optional.ofNullable(values.get(ALGORITHM)).flatMap(v -> StoredText.algorithm(v)),
        Activation.parse(values.getOrDefault(ACTIVATION, "")),
        Optional.ofNullable(values.get(REPLACEMENT)).flatMap(Replacement::parse),
        Optional.ofNullable(values.get(RETIRED)).map(StoredText::number),
        Optional.ofNullable(values.get(FIRST)).flatMap(First::parse),
        Optional.ofNullable(values.get(ACTIVATED)).flatMap(Activated::parse),
        Optional.ofNullable(values.get(RESTORING)),
        MovedTags.read(MOVED, values));
  }

  /** Those of a key that has none of ours, or whose tags do not matter. */
  public static final KmsTags NONE = parse(List.of());

  /** Those of a key whose tags KMS does not tell. */
  public static KmsTags untold(StampReading stamp) {
    return new KmsTags(
        Optional.empty(),
        0,
        "",
        stamp,
        Rotation.UNRECORDED,
        Optional.empty(),
        new Activation(0, false),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Tags for a first version. */
  public static KmsTags first(
      KeyName name,
      KeyAlgorithm algorithm,
      RotationInterval rotation,
      EnvironmentType stamp,
      String operationId) {
    return new KmsTags(
        Optional.of(name),
        1,
        operationId,
        StampReading.of(stamp),
        new Rotation(rotation, 0),
        Optional.of(algorithm),
        new Activation(1, false),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Tags for a later version of the same key, whose interval is {@code current}. */
  public KmsTags next(
      int nextNumber,
      Activation nextActivation,
      String byOperation,
      First firstVersion,
      Rotation current) {
    return new KmsTags(
        name,
        nextNumber,
        byOperation,
        stamp,
        current,
        algorithm,
        nextActivation,
        Optional.empty(),
        Optional.empty(),
        Optional.of(firstVersion),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same for a version that is to be no successor's and not to sign. */
  public KmsTags retiredByItself() {
    return new KmsTags(
        name,
        number,
        operationId,
        stamp,
        rotation,
        algorithm,
        activation,
        replacement,
        Optional.of(0),
        first,
        activated,
        restoring,
        moved);
  }

  /** The same for the first version of a key that is being restored, or is restored. */
  public KmsTags restoring(Optional<String> what) {
    return new KmsTags(
        name,
        number,
        operationId,
        stamp,
        rotation,
        algorithm,
        activation,
        replacement,
        retired,
        first,
        activated,
        what,
        moved);
  }

  /** For CreateKey. */
  public List<Tag> toTags() {
    List<Tag> tags = new ArrayList<>();
    name.ifPresent(v -> tags.add(tag(NAME, v.value())));
    tags.add(tag(NUMBER, Integer.toString(number)));
    tags.add(tag(OPERATION, operationId));
    if (stamp instanceof StampReading.Stamped stamped) {
      tags.add(tag(STAMP, stamped.environment().name()));
    }
    tags.add(tag(ROTATION, rotation.value()));
    algorithm.ifPresent(v -> tags.add(tag(ALGORITHM, v.name())));
    tags.add(tag(ACTIVATION, activation.value()));
    retired.ifPresent(v -> tags.add(tag(RETIRED, v.toString())));
    first.ifPresent(v -> tags.add(tag(FIRST, v.value())));
    restoring.ifPresent(v -> tags.add(tag(RESTORING, v)));
    return tags;
  }

  public static Tag tag(String key, String value) {
    return Tag.builder().tagKey(key).tagValue(value).build();
  }

  /** The highest version number these tags know of. */
  public int highestNumber() {
    return Math.max(number, replacement.map(Replacement::number).orElse(0));
  }

  /** The highest activation these tags know of. */
  int highestActivation() {
    return Stream.of(
            activation.number(),
            replacement.map(Replacement::activation).orElse(0),
            retired.orElse(0))
        .max(Integer::compare)
        .orElseThrow();
  }
}

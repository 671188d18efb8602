package dev.enclave.azure.internal.model;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.kit.key.MovedTags;
import dev.enclave.kit.key.StoredText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the tags of one version say. What somebody else mangled counts as absent, except a stamp. A
 * change of tags replaces them all, so the ones that are not Enclave's are carried along.
 *
 * @param name the Enclave key this is a version of
 * @param operationId which operation made it; empty if none of Enclave's did
 * @param purpose what it was made for
 * @param stamp the environment type
 * @param rotation the interval; the first version's counts
 * @param algorithm the scheme
 * @param restored which part of a restored key it is; none if it was made here
 * @param own whether what follows was written on this very version; the vault's own rotation may
 *     copy the tags of the version before
 * @param claims to be the active version
 * @param mark what became of it
 * @param moved where the key was migrated to with this version
 * @param others tags of somebody else
 */
public record AzureTags(
    Optional<KeyName> name,
    String operationId,
    Optional<Purpose> purpose,
    StampReading stamp,
    RotationInterval rotation,
    Optional<KeyAlgorithm> algorithm,
    Optional<AzurePart> restored,
    boolean own,
    List<Claim> claims,
    Optional<Mark> mark,
    Optional<KeyHandle> moved,
    Map<String, String> others) {

  static final String NAME = "enclave-key";
  static final String OPERATION = "enclave-operation";
  static final String PURPOSE = "enclave-made-for";
  public static final String STAMP = "enclave-environment";
  static final String ROTATION = "enclave-rotation";
  static final String ALGORITHM = "enclave-algorithm";
  static final String RESTORED = "enclave-restored";
  static final String VERSION = "enclave-version";
  static final String CLAIMS = "enclave-active";
  static final String MARK = "enclave-state";
  public static final String MOVED = "enclave-moved-to";

  /** Written by an administrator on a key that is to be adopted: the vault does not tell. */
  public static final String ORIGIN = "enclave-origin";

  private static final List<String> ALL =
      List.of(
          NAME, OPERATION, PURPOSE, STAMP, ROTATION, ALGORITHM, RESTORED, VERSION, CLAIMS, MARK);

  /** What a version was made for. */
  enum Purpose {
    CREATION,
    ROTATION,
    RESTORATION
  }

  /** What became of a version that the vault knows no word for. */
  public enum Mark {
    /** It verifies and does not sign, though it was not replaced. */
    RETIRED,
    /** It is not to be used ever again; the vault keeps it until the whole key is deleted. */
    DESTROYED
  }

  /**
   * That this version is the one of that number to become active.
   *
   * @param number counted from 1, which is the first version's without a claim
   * @param second when the claim was made, by the vault's clock; none as long as nobody wrote it
   *     down, when the version's last change tells
   * @param disables whether the version that it replaces is to be DISABLED: said here, since of
   *     several claims to one number the one that counts decides
   */
  public record Claim(int number, Optional<Long> second, boolean disables) {

    private static final String DISABLES = "/" + KeyState.DISABLED;

    /** One that leaves the version that it replaces VERIFY_ONLY. */
    public Claim(int number, Optional<Long> second) {
      this(number, second, false);
    }

    private static Optional<Claim> parse(String text) {
      boolean disables = text.endsWith(DISABLES);
      String[] parts =
          text.substring(0, text.length() - (disables ? DISABLES.length() : 0)).split("/", -1);
      int number = StoredText.number(parts[0]);
      if (number < 2 || parts.length > 2) {
        return Optional.empty();
      }
      if (parts.length == 1) {
        return Optional.of(new Claim(number, Optional.empty(), disables));
      }
      return parts[1].matches("[0-9]{1,12}")
          ? Optional.of(new Claim(number, Optional.of(Long.valueOf(parts[1])), disables))
          : Optional.empty();
    }

    private String text() {
      return number + second.map(s -> "/" + s).orElse("") + (disables ? DISABLES : "");
    }
  }

  public AzureTags {
    claims = List.copyOf(claims);
    others = Map.copyOf(others);
  }

  /** Reads the tags of version {@code id}. */
  public static AzureTags parse(Map<String, String> tags, String id) {
    boolean own = id.equals(tags.get(VERSION));
    Map<String, String> others = new TreeMap<>(tags);
    ALL.forEach(others::remove);
    MovedTags.names(MOVED).forEach(others::remove);
    Optional<AzurePart> restored =
        Optional.ofNullable(tags.get(RESTORED)).flatMap(AzurePart::parse);
    return new AzureTags(
        Optional.ofNullable(tags.get(NAME)).flatMap(StoredText::name),
        tags.getOrDefault(OPERATION, ""),
        Optional.ofNullable(tags.get(PURPOSE))
            .flatMap(v -> StoredText.constant(Purpose.values(), v)),
        StoredText.stamp("tag " + STAMP, tags.get(STAMP), EnvironmentType::name),
        Optional.ofNullable(tags.get(ROTATION))
            .flatMap(StoredText::interval)
            // What records no interval is not rotated unasked.
            .orElse(RotationInterval.NEVER),
        Optional.ofNullable(tags.get(ALGORITHM)).flatMap(v -> StoredText.algorithm(v)),
        restored,
        own,
        own ? claims(tags.getOrDefault(CLAIMS, "")) : List.of(),
        own
            ? Optional.ofNullable(tags.get(MARK))
                .flatMap(v -> StoredText.constant(Mark.values(), v))
            : restored.flatMap(AzurePart::mark),
        own ? MovedTags.read(MOVED, tags) : Optional.empty(),
        others);
  }

  private static List<Claim> claims(String text) {
    List<Claim> claims = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Claim.parse(part).ifPresent(claims::add);
    }
    return claims;
  }

  /** Tags for a first version. */
  public static AzureTags first(
      KeyName name,
      KeyAlgorithm algorithm,
      RotationInterval rotation,
      EnvironmentType stamp,
      String operationId) {
    return new AzureTags(
        Optional.of(name),
        operationId,
        Optional.of(Purpose.CREATION),
        StampReading.of(stamp),
        rotation,
        Optional.of(algorithm),
        Optional.empty(),
        false,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  /** The same for a version that came from elsewhere. */
  public AzureTags restored(AzurePart part) {
    return new AzureTags(
        name,
        operationId,
        Optional.of(Purpose.RESTORATION),
        stamp,
        rotation,
        algorithm,
        Optional.of(part),
        false,
        List.of(),
        part.mark(),
        Optional.empty(),
        others);
  }

  /** Tags for a later version of the key that these are of. */
  public AzureTags next(String byOperation) {
    return new AzureTags(
        name,
        byOperation,
        Optional.of(Purpose.ROTATION),
        stamp,
        rotation,
        algorithm,
        Optional.empty(),
        false,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  /** The same on a version that is there already, with somebody else's tags beside them. */
  public AzureTags with(Map<String, String> foreign) {
    return new AzureTags(
        name,
        operationId,
        purpose,
        stamp,
        rotation,
        algorithm,
        restored,
        true,
        claims,
        mark,
        moved,
        foreign);
  }

  public AzureTags withClaims(List<Claim> other) {
    return new AzureTags(
        name,
        operationId,
        purpose,
        stamp,
        rotation,
        algorithm,
        restored,
        true,
        other,
        mark,
        moved,
        others);
  }

  public AzureTags withRotation(RotationInterval other) {
    return new AzureTags(
        name,
        operationId,
        purpose,
        stamp,
        other,
        algorithm,
        restored,
        true,
        claims,
        mark,
        moved,
        others);
  }

  public AzureTags withMoved(Optional<KeyHandle> other) {
    return new AzureTags(
        name,
        operationId,
        purpose,
        stamp,
        rotation,
        algorithm,
        restored,
        true,
        claims,
        mark,
        other,
        others);
  }

  public AzureTags withMark(Optional<Mark> other) {
    return new AzureTags(
        name,
        operationId,
        purpose,
        stamp,
        rotation,
        algorithm,
        restored,
        true,
        claims,
        other,
        moved,
        others);
  }

  /** As they are written on version {@code id}; for one that has no id yet, without it. */
  public Map<String, String> toMap(Optional<String> id) {
    Map<String, String> tags = new TreeMap<>(others);
    name.ifPresent(v -> tags.put(NAME, v.value()));
    if (!operationId.isEmpty()) {
      tags.put(OPERATION, operationId);
    }
    purpose.ifPresent(v -> tags.put(PURPOSE, v.name()));
    if (stamp instanceof StampReading.Stamped stamped) {
      tags.put(STAMP, stamped.environment().name());
    }
    tags.put(ROTATION, rotation.toString());
    algorithm.ifPresent(v -> tags.put(ALGORITHM, v.name()));
    restored.ifPresent(v -> tags.put(RESTORED, v.text()));
    id.filter(v -> own).ifPresent(v -> tags.put(VERSION, v));
    if (!claims.isEmpty()) {
      tags.put(CLAIMS, claims.stream().map(Claim::text).collect(Collectors.joining(",")));
    }
    mark.filter(v -> own).ifPresent(v -> tags.put(MARK, v.name()));
    moved.filter(v -> own).flatMap(to -> MovedTags.of(MOVED, to)).ifPresent(tags::putAll);
    return tags;
  }

  /** Where an administrator says that the key came from. */
  public KeyOrigin saidOrigin() {
    return switch (others.getOrDefault(ORIGIN, "")) {
      case "generated" -> KeyOrigin.GENERATED;
      case "imported" -> KeyOrigin.IMPORTED;
      default -> KeyOrigin.UNKNOWN;
    };
  }

  /** Whether they were written on a version that was made to be a key's first. */
  public boolean isOfFirst() {
    return own
        && (purpose.equals(Optional.of(Purpose.CREATION))
            || restored.filter(part -> part.position() == 1).isPresent());
  }

  /** Whether Enclave wrote any of them. */
  public boolean ofEnclave() {
    return name.isPresent() && algorithm.isPresent() && purpose.isPresent();
  }
}

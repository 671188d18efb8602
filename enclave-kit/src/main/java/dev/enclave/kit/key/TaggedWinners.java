package dev.enclave.kit.key;

import dev.enclave.KeyHandle;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.TaggedService.Making;
import dev.enclave.kit.key.TaggedService.TagChange;
import dev.enclave.kit.key.VersionTags.Claim;
import dev.enclave.kit.key.VersionTags.Made;
import dev.enclave.kit.key.VersionTags.Mark;
import dev.enclave.kit.key.VersionTags.Purpose;
import dev.enclave.kit.key.VersionTags.Rotation;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Decisions that no record has: each version claims in its own tags to be the next one to become
 * active, and something else says which of several claims to one number counts. What it then means
 * for the others is inferred from the claim that counts and from what their own tags say.
 */
abstract class TaggedWinners<S extends TaggedService> extends Winners<S> {

  final String prefix;

  TaggedWinners(S service) {
    super(service);
    this.prefix = service.tagPrefix();
  }

  @Override
  Duration settling() {
    return service.settling();
  }

  VersionTags tags(ServiceKey version) {
    return new VersionTags(prefix, version.tags());
  }

  /**
   * A key, by the claims that count.
   *
   * @param key what was read of it, its activations among them, or written
   * @param number the last activation that is or was taken
   * @param replaced whether the last version to become active was replaced by one that is gone
   * @param times when versions became active
   */
  LedgerKey inferred(
      LedgerKey key, int number, boolean replaced, SortedMap<String, Instant> times) {
    List<ServiceKey> versions = key.versions();
    NavigableMap<Integer, String> activations = key.activations();
    Set<String> used = new TreeSet<>(activations.values());
    Set<String> off = new TreeSet<>();
    Set<String> restored = new TreeSet<>();
    Optional<String> active = Optional.of(last(activations)).filter(head -> !replaced);
    Optional<KeyHandle> moved = Optional.empty();
    for (ServiceKey version : versions) {
      String id = version.id();
      if (key.foreign().contains(id)) {
        continue;
      }
      if (mark(version, activations).isPresent()) {
        used.add(id);
        active = active.filter(head -> !head.equals(id));
      }
      if (isOff(version, versions, activations)) {
        off.add(id);
      }
      if (tags(version).restored()) {
        restored.add(id);
      }
      if (id.equals(last(activations))) {
        moved = tags(version).moved();
      }
    }
    Decision decision =
        new Decision(
            number,
            active.filter(id -> !id.isEmpty()),
            used,
            off,
            restored,
            "",
            times,
            Optional.of(rotation(versions).interval()),
            moved);
    return key.after(decision, "");
  }

  /** The interval, by what all versions were told. */
  abstract Rotation rotation(List<ServiceKey> versions);

  /** The version that became active last; empty if none of those is there. */
  static String last(NavigableMap<Integer, String> activations) {
    return activations.isEmpty() ? "" : activations.lastEntry().getValue();
  }

  /** The highest activation of a version; 0 if it never was active. */
  static int activationOf(String id, NavigableMap<Integer, String> activations) {
    return activations.descendingMap().entrySet().stream()
        .filter(entry -> entry.getValue().equals(id))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(0);
  }

  /** What became of a version since it last became active, as it says itself. */
  Optional<Mark> mark(ServiceKey version, NavigableMap<Integer, String> activations) {
    int activation = activationOf(version.id(), activations);
    return tags(version).mark().filter(mark -> mark.holdsSince(activation));
  }

  /** Whether it was replaced by a version that said it is to be off, and nobody has said else. */
  private boolean isOff(
      ServiceKey version, List<ServiceKey> all, NavigableMap<Integer, String> activations) {
    int activation = activationOf(version.id(), activations);
    Optional<Mark> mark = mark(version, activations);
    if (activation == 0 || mark.filter(m -> m.kind() != Mark.Kind.REPLACED).isPresent()) {
      return false;
    }
    Map.Entry<Integer, String> next = activations.higherEntry(activation);
    Optional<Claim> said =
        next == null
            ? Optional.empty()
            : all.stream()
                .filter(successor -> successor.id().equals(next.getValue()))
                .flatMap(successor -> tags(successor).claim(next.getKey()).stream())
                .findFirst();
    return said.map(Claim::left)
        .or(() -> mark.map(Mark::left))
        .filter(KeyState.DISABLED::equals)
        .isPresent();
  }

  @Override
  public Optional<ServiceKey> prepared(LedgerKey key, String operationId, CallContext call) {
    return key.versions().stream()
        .filter(version -> !key.foreign().contains(version.id()))
        .filter(version -> tags(version).madeFor(Purpose.ROTATION))
        .filter(version -> tags(version).operationId().equals(operationId))
        .findFirst();
  }

  @Override
  public boolean records(KeyHandle movedTo) {
    return VersionTags.moved(prefix, movedTo).isPresent();
  }

  // Writing

  @Override
  public Optional<LedgerKey> decide(LedgerKey key, Change change, Guard guard, CallContext call)
      throws BackendFailure {
    if (change instanceof Change.Activate activate) {
      return activate(key, activate, guard, call);
    }
    guard.check(key);
    if (change instanceof Change.Interval interval) {
      return Optional.of(changeInterval(key, interval.interval(), call));
    }
    if (change instanceof Change.Move move) {
      Optional<KeyHandle> to = Optional.of(move.to());
      Map<String, String> set = VersionTags.moved(prefix, move.to()).orElseThrow();
      return Optional.of(
          tags(move.version()).moved().equals(to)
              ? key
              : tagged(
                  key, move.version(), TagChange.of(set), tags -> tags.moved().equals(to), call));
    }
    ServiceKey version = ((Change.Retire) change).version();
    Mark retired = Mark.retired(key.decision().number());
    TagChange mark =
        new TagChange(Map.of(prefix + VersionTags.MARK, retired.text()), Set.of(), on(version));
    return Optional.of(tagged(key, version, mark, tags -> tags.mark().isPresent(), call));
  }

  abstract Optional<LedgerKey> activate(
      LedgerKey key, Change.Activate change, Guard guard, CallContext call) throws BackendFailure;

  abstract LedgerKey changeInterval(LedgerKey key, RotationInterval interval, CallContext call)
      throws BackendFailure;

  /**
   * The key with other tags of one version.
   *
   * @param done whether tags that are read afterwards have the change
   */
  abstract LedgerKey tagged(
      LedgerKey key,
      ServiceKey version,
      TagChange change,
      Predicate<VersionTags> done,
      CallContext call)
      throws BackendFailure;

  /** To be switched on with a change of its tags. */
  static Optional<Boolean> on(ServiceKey version) {
    return version.material() == Material.OFF ? Optional.of(true) : Optional.empty();
  }

  /** A new version of a key, with these tags besides those that every one has. */
  Making making(KeyMetadata key, Rotation rotation, Made made, Map<String, String> more) {
    Map<String, String> tags = VersionTags.of(prefix, key, rotation, made);
    tags.putAll(more);
    return new Making(key.name(), key.algorithm(), tags, made.operationId());
  }

  /** The first version of a key. */
  Making first(KeyMetadata wanted) {
    Made made = Made.of(Purpose.CREATION, wanted.operationId(), 1);
    return making(wanted, new Rotation(wanted.rotation(), 0), made, Map.of());
  }

  /** The tags of a version that comes from outside, by its place. */
  Map<String, String> tags(Restoration from, int place) {
    KeyMetadata wanted = KeyMetadata.of(from.request());
    Made made =
        new Made(Purpose.RESTORATION, from.operationId(), place, from.places(), from.state(place));
    return VersionTags.of(prefix, wanted, new Rotation(wanted.rotation(), 0), made);
  }
}

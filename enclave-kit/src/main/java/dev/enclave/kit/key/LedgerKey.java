package dev.enclave.kit.key;

import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A key as it was read at one moment: its versions, and what was decided about them. Everything
 * about states is a pure function of it. Immutable.
 *
 * @param metadata what is fixed about it
 * @param versions those that count, oldest first, destroyed ones among them
 * @param leftOver private keys under the key's name that are none of its versions: they lost a
 *     race, or are left of a restoration
 * @param foreign ids of the versions that something else than Enclave made: they sign nothing
 * @param decision what was decided last
 * @param activations which version became active by which decision, where names or claims tell it;
 *     those that are gone are missing
 * @param revision what the service compares when the next decision is recorded; empty where it
 *     needs nothing
 * @param unfinished whether a restoration was begun and not finished, so that there is no key
 */
public record LedgerKey(
    KeyMetadata metadata,
    List<ServiceKey> versions,
    List<ServiceKey> leftOver,
    Set<String> foreign,
    Decision decision,
    NavigableMap<Integer, String> activations,
    String revision,
    boolean unfinished) {

  /** The revision of a deleted key of which a later version than the first is to be seen alone. */
  public static final String NOT_FIRST = "not the first version";

  public LedgerKey {
    versions = List.copyOf(versions);
    leftOver = List.copyOf(leftOver);
    foreign = Set.copyOf(foreign);
    activations = Collections.unmodifiableNavigableMap(new TreeMap<>(activations));
  }

  /**
   * One whose decisions are recorded. Of a key from outside the versions that were brought and that
   * the decision does not count are left over, and before the second decision there is no key.
   *
   * @param versions all there are, in order
   * @param revision what {@link RecordService#record} is to compare; empty if nothing
   */
  public static LedgerKey of(
      KeyMetadata metadata, List<ServiceKey> versions, Decision decision, String revision) {
    Predicate<ServiceKey> counts =
        version ->
            !metadata.restored()
                || version.origin() != KeyOrigin.IMPORTED
                || decision.restored().contains(version.id());
    return new LedgerKey(
        metadata,
        versions.stream().filter(counts).toList(),
        versions.stream().filter(counts.negate()).toList(),
        Set.of(),
        decision,
        new TreeMap<>(),
        revision,
        metadata.restored() && decision.number() == 1);
  }

  public KeyName name() {
    return metadata.name();
  }

  /** How often it is due: as was decided last, else as it was made. */
  public RotationInterval rotation() {
    return decision.rotation().orElse(metadata.rotation());
  }

  /** The version of that id. */
  public Optional<ServiceKey> version(String id) {
    return versions.stream().filter(version -> version.id().equals(id)).findFirst();
  }

  /** The state of a version. */
  public KeyState state(ServiceKey version) {
    return decision.standing(version.id()).state(version.material());
  }

  /** The version that signs, if there is one. */
  public Optional<ServiceKey> active() {
    return decision.active().flatMap(this::version).filter(v -> state(v) == KeyState.ACTIVE);
  }

  /** Whether any decision named a version: that it is active, or that it is retired. */
  public boolean used(ServiceKey version) {
    return decision.used().contains(version.id());
  }

  /**
   * When a version last became active, as far as anything tells. The first one of a key that was
   * made here did when it was made.
   */
  public Optional<Instant> activatedAt(ServiceKey version) {
    Optional<Instant> decided = Optional.ofNullable(decision.activatedAt().get(version.id()));
    boolean first = !metadata.restored() && version.id().equals(versions.get(0).id());
    return decided.or(() -> Optional.of(version.createdAt()).filter(at -> first));
  }

  /** The same after what a request has answered on a version, old or new. */
  public LedgerKey with(ServiceKey answered) {
    List<ServiceKey> changed = new ArrayList<>(versions);
    changed.replaceAll(version -> version.id().equals(answered.id()) ? answered : version);
    if (!changed.contains(answered)) {
      changed.add(answered);
    }
    return new LedgerKey(
        metadata, changed, leftOver, foreign, decision, activations, revision, unfinished);
  }

  /** The same with more private keys that are none of its versions. */
  public LedgerKey withLeftOver(List<ServiceKey> more) {
    List<ServiceKey> all = new ArrayList<>(more);
    all.addAll(leftOver);
    return new LedgerKey(
        metadata, versions, all, foreign, decision, activations, revision, unfinished);
  }

  /** The same after another decision, and with the service's revision after it. */
  public LedgerKey after(Decision next, String revisionSince) {
    return new LedgerKey(
        metadata, versions, leftOver, foreign, next, activations, revisionSince, unfinished);
  }

  /** The same once a version became active by the decision of that number. */
  LedgerKey activated(int number, String version) {
    NavigableMap<Integer, String> known = new TreeMap<>(activations);
    known.put(number, version);
    return new LedgerKey(
        metadata, versions, leftOver, foreign, decision, known, revision, unfinished);
  }
}

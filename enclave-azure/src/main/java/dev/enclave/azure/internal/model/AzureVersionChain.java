package dev.enclave.azure.internal.model;

import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.azure.internal.model.AzureTags.Claim;
import dev.enclave.azure.internal.model.AzureTags.Mark;
import dev.enclave.azure.internal.model.AzureTags.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which versions a key has, and which is active: a pure function of what the vault lists.
 *
 * <p>Key Vault changes nothing under a condition. So everybody writes to a version of its own,
 * waits until the vault's second is over, and reads what all others wrote in it. The rule, the same
 * for every reader:
 *
 * <ul>
 *   <li>The first version is, of those that were made to be one, that of the smallest (second of
 *       creation, id). The others lost and are no versions of the key.
 *   <li>A key that was restored has its versions brought one after the other, each with its place
 *       among them. It counts as made in the second of the last of them, and before not at all; of
 *       several at one place that of the smallest (second, id) is meant. They are in the order of
 *       their places, and the one that was active is the first to be.
 *   <li>A version claims to be the second, third, … to become active. Of several claims to one
 *       number, that of the smallest (second of the claim, id) counts.
 *   <li>The head is whoever has the highest number; without claims, the first version. The head is
 *       ACTIVE if the vault has it enabled and it was not retired.
 *   <li>What nobody of Enclave's made is PENDING: it signs nothing.
 *   <li>What was written less than {@link #SETTLING} ago is not looked at by readers, since others
 *       of the same second may not be seen yet.
 * </ul>
 *
 * <p>Only the vault's own times decide. A claim that comes late comes with a later second, and so
 * changes nothing that was settled.
 */
public final class AzureVersionChain {

  /** Over the second's end, and some more for a write that is on its way. */
  public static final Duration SETTLING = Duration.ofSeconds(2);

  /** Longer than the attempts of one operation may be apart, clocks that differ included. */
  public static final Duration ONE_OPERATION = Duration.ofMinutes(15);

  /** Everything counts, also what was written just now: for who has waited. */
  public static final long EVERYTHING = Long.MAX_VALUE;

  /** By creation, ties by id: the same for every reader. */
  public static final Comparator<AzureVersion> BY_AGE =
      Comparator.comparingLong(AzureVersion::createdSecond).thenComparing(AzureVersion::id);

  /** Which of several wants to be the key. */
  private static final Comparator<AzureBeginning> BY_BEGINNING =
      Comparator.comparingLong(AzureBeginning::second).thenComparing(b -> b.first().id());

  private final KeyName name;
  private final Optional<AzureVersion> first;
  private final List<AzureVersion> all;
  private final Set<String> lost = new HashSet<>();
  private final Set<String> strangers = new HashSet<>();
  private final Map<Integer, AzureVersion> activations = new HashMap<>();

  private AzureVersionChain(KeyName name, List<AzureVersion> listed, long lastSecond) {
    this.name = name;
    List<AzureVersion> byAge = listed.stream().sorted(BY_AGE).toList();
    Optional<AzureBeginning> beginning =
        AzureBeginning.of(byAge.stream().filter(this::isNamed).toList()).stream()
            .filter(b -> b.second() <= lastSecond)
            .min(BY_BEGINNING);
    this.first = beginning.map(AzureBeginning::first);
    List<AzureVersion> begun = beginning.map(AzureBeginning::versions).orElse(List.of());
    this.all = Stream.concat(begun.stream(), byAge.stream()).distinct().toList();
    beginning.ifPresent(b -> activations.put(1, b.active()));
    Map<String, AzureVersion> made = new HashMap<>();
    for (AzureVersion version : all) {
      sort(version, begun, made);
    }
    for (AzureVersion version : all) {
      for (Claim claim : version.tags().claims()) {
        if (version.secondOf(claim) <= lastSecond && isVersion(version)) {
          activations.merge(claim.number(), version, (a, b) -> earlier(claim.number(), a, b));
        }
      }
    }
  }

  /**
   * Of what the vault lists.
   *
   * @param lastSecond what was made or claimed after this second, since 1970 by the vault's clock,
   *     does not count yet; {@link #EVERYTHING} for who has waited
   */
  public static AzureVersionChain of(KeyName name, List<AzureVersion> listed, long lastSecond) {
    return new AzureVersionChain(name, listed, lastSecond);
  }

  private void sort(
      AzureVersion version, List<AzureVersion> begun, Map<String, AzureVersion> made) {
    if (begun.contains(version)) {
      made.put(AzureBeginning.task(version), version);
      return;
    }
    if (!isNamed(version)) {
      strangers.add(version.id());
      return;
    }
    AzureVersion earlier = made.putIfAbsent(AzureBeginning.task(version), version);
    if (earlier != null && !ofOneOperation(earlier, version)) {
      // The vault's own rotation copied the tags of the version before.
      strangers.add(version.id());
    } else if (earlier != null || !madeFor(version, Purpose.ROTATION)) {
      lost.add(version.id());
    }
  }

  /** Whether Enclave's tags on it name this key. */
  private boolean isNamed(AzureVersion version) {
    return version.tags().ofEnclave() && version.tags().name().filter(name::equals).isPresent();
  }

  private static boolean ofOneOperation(AzureVersion earlier, AzureVersion later) {
    return later.createdSecond() - earlier.createdSecond() <= ONE_OPERATION.toSeconds();
  }

  private boolean madeFor(AzureVersion version, Purpose purpose) {
    return isNamed(version) && version.tags().purpose().filter(purpose::equals).isPresent();
  }

  private static AzureVersion earlier(int number, AzureVersion a, AzureVersion b) {
    long second = claimed(number, a);
    long other = claimed(number, b);
    return second != other ? (second < other ? a : b) : (a.id().compareTo(b.id()) <= 0 ? a : b);
  }

  private static long claimed(int number, AzureVersion version) {
    return version.tags().claims().stream()
        .filter(claim -> claim.number() == number)
        .mapToLong(version::secondOf)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  public KeyName name() {
    return name;
  }

  /** Whether the vault has nothing of that name. */
  boolean nothing() {
    return all.isEmpty();
  }

  /** Whether all that is there are parts of keys of which the rest never came: there is no key. */
  public boolean unfinished() {
    return first.isEmpty()
        && all.stream().allMatch(v -> isNamed(v) && v.tags().restored().isPresent());
  }

  /** What an operation brought so far, by their places. */
  public Map<Integer, AzureVersion> broughtBy(String operationId) {
    return AzureBeginning.parts(
        all.stream().filter(v -> isNamed(v)).sorted(BY_AGE).toList(), operationId);
  }

  /** The first version; none if there is no such key, or none that is settled. */
  public Optional<AzureVersion> first() {
    return first;
  }

  /** The versions of the key, oldest first, those that nobody of Enclave's made among them. */
  public List<AzureVersion> versions() {
    return all.stream().filter(this::isVersion).toList();
  }

  private boolean isVersion(AzureVersion version) {
    return first.isPresent() && !lost.contains(version.id());
  }

  /** A version of the key by its id. */
  public Optional<AzureVersion> version(String id) {
    return versions().stream().filter(v -> v.id().equals(id)).findFirst();
  }

  /** Those that lost a race, or are the duplicates of an operation; nobody uses them. */
  public List<AzureVersion> lost() {
    return all.stream().filter(v -> lost.contains(v.id())).toList();
  }

  /** Those that the vault's own policy or somebody else made. */
  public List<AzureVersion> strangers() {
    return all.stream().filter(v -> strangers.contains(v.id())).toList();
  }

  public boolean isStranger(AzureVersion version) {
    return strangers.contains(version.id());
  }

  /** The version that a rotation of that operation prepared. */
  public Optional<AzureVersion> preparedBy(String operationId) {
    return versions().stream()
        .filter(v -> madeFor(v, Purpose.ROTATION) && !isStranger(v))
        .filter(v -> v.tags().operationId().equals(operationId))
        .findFirst();
  }

  /** The number of the head. */
  public int headNumber() {
    return activations.keySet().stream().max(Integer::compare).orElse(0);
  }

  /** The version that became active last. */
  Optional<AzureVersion> head() {
    return Optional.ofNullable(activations.get(headNumber()));
  }

  public boolean headIs(AzureVersion version) {
    return head().filter(h -> h.id().equals(version.id())).isPresent();
  }

  /** Whether the version has that number, after all claims are looked at. */
  public boolean won(AzureVersion version, int number) {
    AzureVersion winner = activations.get(number);
    return winner != null && winner.id().equals(version.id());
  }

  /** Whether it is or was active. */
  public boolean everActive(AzureVersion version) {
    return activations.values().stream().anyMatch(v -> v.id().equals(version.id()));
  }

  /** When a version last became active, by the vault's clock; none if it never did. */
  public Optional<Instant> activatedAt(AzureVersion version) {
    return lastActivation(version).flatMap(number -> activatedAt(number, version));
  }

  private Optional<Integer> lastActivation(AzureVersion version) {
    return activations.entrySet().stream()
        .filter(entry -> entry.getValue().id().equals(version.id()))
        .map(Map.Entry::getKey)
        .max(Integer::compare);
  }

  private static Optional<Instant> activatedAt(int number, AzureVersion version) {
    if (number == 1) {
      return version.tags().restored().isPresent()
          ? Optional.empty()
          : Optional.of(version.createdAt());
    }
    return Optional.of(Instant.ofEpochSecond(claimed(number, version)));
  }

  /** The version in state ACTIVE. */
  public Optional<AzureVersion> active() {
    return head().filter(version -> state(version) == KeyState.ACTIVE);
  }

  /** Where the key was migrated to, as the version tells that was active last. */
  public Optional<KeyHandle> movedTo() {
    return head().flatMap(version -> version.tags().moved());
  }

  /**
   * Whether the claim that replaced it disables it, be that carried out or not, and nobody has let
   * it verify again since.
   */
  private boolean toDisable(AzureVersion version) {
    int next = lastActivation(version).orElse(0) + 1;
    return next > 1
        && version.tags().mark().isEmpty()
        && Optional.ofNullable(activations.get(next)).stream()
            .flatMap(by -> by.tags().claims().stream())
            .anyMatch(claim -> claim.number() == next && claim.disables());
  }

  /** Versions that are DISABLED and that the vault still has enabled: their rotation crashed. */
  public List<AzureVersion> notYetDisabled() {
    return versions().stream()
        .filter(version -> version.enabled() && state(version) == KeyState.DISABLED)
        .toList();
  }

  /** The state of a version of the key. */
  public KeyState state(AzureVersion version) {
    Optional<Mark> mark = version.tags().mark().filter(m -> !isStranger(version));
    if (mark.filter(Mark.DESTROYED::equals).isPresent()) {
      return KeyState.DESTROYED;
    }
    if (!version.enabled() || toDisable(version)) {
      return KeyState.DISABLED;
    }
    if (headIs(version) && mark.isEmpty()) {
      return KeyState.ACTIVE;
    }
    return everActive(version) || mark.isPresent() ? KeyState.VERIFY_ONLY : KeyState.PENDING;
  }
}

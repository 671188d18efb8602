package dev.enclave.aws.internal.model;

import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The versions of one key and the order in which they became active, as aliases and tags tell it.
 * Everything about states is a pure function of it.
 *
 * <p>The rule: the version of the last activation is the head. The head is ACTIVE if KMS has it
 * enabled and nothing says that it was retired or replaced. Activations vanish with the KMS key
 * they name; whoever is the head then has been marked as replaced before, so that no older version
 * comes back to life.
 *
 * @param name the key
 * @param versions by number, from 1; those that are gone are missing
 * @param activations ids of KMS keys by activation, from 1; those that are gone are missing
 */
public record KmsVersionChain(
    KeyName name,
    NavigableMap<Integer, KmsKey> versions,
    NavigableMap<Integer, String> activations) {

  /** KMS waits at least seven days before a key is gone, so a younger absence is a stale read. */
  private static final Duration STALE = Duration.ofDays(1);

  /** A key that was made just now. */
  public static KmsVersionChain of(KeyName name, KmsKey first) {
    return new KmsVersionChain(
        name,
        new TreeMap<>(java.util.Map.of(1, first)),
        new TreeMap<>(java.util.Map.of(1, first.id())));
  }

  public boolean isEmpty() {
    return versions.isEmpty();
  }

  /** The oldest version that is there. */
  public KmsKey oldest() {
    return versions.firstEntry().getValue();
  }

  /** The version of a number that is there. */
  public KmsKey at(int number) {
    return Objects.requireNonNull(versions.get(number));
  }

  public Optional<KmsKey> version(String keyId) {
    return versions.values().stream().filter(key -> key.id().equals(keyId)).findFirst();
  }

  /** The version that an operation made. */
  public Optional<KmsKey> madeBy(String operationId) {
    return versions.values().stream()
        .filter(key -> key.tags().operationId().equals(operationId))
        .findFirst();
  }

  public int numberOf(KmsKey key) {
    return versions.entrySet().stream()
        .filter(entry -> entry.getValue().id().equals(key.id()))
        .map(java.util.Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  /** The highest activation of a version; 0 if it never was active. */
  public int activationOf(KmsKey key) {
    return activations.descendingMap().entrySet().stream()
        .filter(entry -> entry.getValue().equals(key.id()))
        .map(java.util.Map.Entry::getKey)
        .findFirst()
        .orElse(0);
  }

  /**
   * When a version last became active: as the version that it replaced was told shortly before, or,
   * where that one is destroyed, as it was told then itself.
   */
  public Optional<Instant> activatedAt(KmsKey key) {
    int activation = activationOf(key);
    if (activation == 1 && numberOf(key) == 1) {
      return Optional.of(key.createdAt());
    }
    if (activation == 0) {
      return Optional.empty();
    }
    return versions.values().stream()
        .flatMap(other -> other.tags().replacement().stream())
        .filter(by -> by.activation() == activation)
        .map(KmsTags.Replacement::at)
        .max(Instant::compareTo)
        .or(
            () ->
                key.tags()
                    .activated()
                    .filter(by -> by.activation() == activation)
                    .map(KmsTags.Activated::at));
  }

  public boolean headIs(KmsKey key) {
    return !activations.isEmpty() && activations.lastEntry().getValue().equals(key.id());
  }

  /** The version of the last activation; none if no version that ever was active is there. */
  public Optional<KmsKey> head() {
    return activations.isEmpty() ? Optional.empty() : version(activations.lastEntry().getValue());
  }

  /** The version that signs, if there is one. */
  public Optional<KmsKey> active(Instant now) {
    return head().filter(key -> state(key, now) == KeyState.ACTIVE);
  }

  public KeyState state(KmsKey key, Instant now) {
    if (key.doomed()) {
      return KeyState.DESTROYED;
    }
    if (key.disabled() || toDisable(key)) {
      return KeyState.DISABLED;
    }
    if (key.empty()) {
      return KeyState.PENDING;
    }
    if (activationOf(key) == 0) {
      return key.tags().retired().isPresent() ? KeyState.VERIFY_ONLY : KeyState.PENDING;
    }
    return headIs(key) && !retired(key) && !replaced(key, now)
        ? KeyState.ACTIVE
        : KeyState.VERIFY_ONLY;
  }

  /**
   * Whether the version that became active after it disables it, be that carried out or not, and
   * nobody has let it verify again since.
   */
  private boolean toDisable(KmsKey key) {
    int next = activationOf(key) + 1;
    return next > 1
        && !key.tags().retired().equals(Optional.of(0))
        && Optional.ofNullable(activations.get(next))
            .flatMap(this::version)
            .filter(by -> by.tags().activation().equals(new KmsTags.Activation(next, true)))
            .isPresent();
  }

  /** Versions that are DISABLED and that KMS still has enabled: their rotation crashed. */
  public List<KmsKey> notYetDisabled() {
    return versions.values().stream()
        .filter(key -> !key.doomed() && !key.disabled() && toDisable(key))
        .toList();
  }

  /** Whether it is marked as retired since it last became active. */
  public boolean retired(KmsKey key) {
    return key.tags().retired().filter(by -> by == 0 || by > activationOf(key)).isPresent();
  }

  /**
   * Whether an intention to replace it was carried out. As long as the activation is there it makes
   * another version the head anyway; this is for the time after the successor is gone.
   */
  private boolean replaced(KmsKey key, Instant now) {
    return key.tags()
        .replacement()
        .filter(by -> by.activation() > activationOf(key))
        .filter(
            by ->
                activations.containsKey(by.activation())
                    || (version(by.keyId()).isEmpty() && by.at().plus(STALE).isBefore(now)))
        .isPresent();
  }

  /** The interval that was stored last, by whichever version carries it. */
  public KmsTags.Rotation rotation() {
    // Of two changes at once the one on the older version holds, which everybody writes first.
    return versions.values().stream()
        .map(key -> key.tags().rotation())
        .reduce((older, newer) -> newer.change() > older.change() ? newer : older)
        .orElseThrow();
  }

  /** Where the key was migrated to, as the version tells that was active last. */
  public Optional<KeyHandle> movedTo() {
    return head().flatMap(key -> key.tags().moved());
  }

  /** The highest version number that is or was taken, as far as anything tells. */
  public int highestNumber() {
    return Math.max(
        versions.isEmpty() ? 0 : versions.lastKey(),
        versions.values().stream().mapToInt(key -> key.tags().highestNumber()).max().orElse(0));
  }

  /** The highest activation that is or was taken, as far as anything tells. */
  public int highestActivation() {
    return Math.max(
        activations.isEmpty() ? 1 : activations.lastKey(),
        versions.values().stream().mapToInt(key -> key.tags().highestActivation()).max().orElse(1));
  }
}

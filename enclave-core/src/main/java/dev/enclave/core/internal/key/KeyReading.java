package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.Fingerprint;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureVerifier;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** One reading of a key with all that is derived from it once. Thread-safe. */
public final class KeyReading {

  private final KeySnapshot snapshot;
  private final KeyHandle handle;
  private final boolean adopted;
  private final Optional<EnclaveException> objection;
  private final long readAtNanos;
  private final Optional<Pinned> active;
  private final Map<KeyVersionId, SignatureVerifier> verifiers = new ConcurrentHashMap<>();

  KeyReading(
      KeySnapshot snapshot,
      BackendId backend,
      String authority,
      boolean adopted,
      Optional<EnclaveException> objection,
      long readAtNanos) {
    this.snapshot = snapshot;
    this.handle =
        new KeyHandle(
            backend,
            authority,
            snapshot.name(),
            snapshot.versions().get(0).publicKey().map(PublicKeyInfo::fingerprint));
    this.adopted = adopted;
    this.objection = objection;
    this.readAtNanos = readAtNanos;
    this.active = snapshot.active().map(version -> new Pinned(version, snapshot.ref(version)));
  }

  /** What the provider calls the key and its versions. */
  Stream<String> names() {
    return Stream.concat(
        Stream.of(snapshot.providerUri()),
        snapshot.versions().stream().map(KeyVersion::providerUri));
  }

  /** A version and what the backend is asked to use it by. */
  public record Pinned(KeyVersion version, KeyVersionRef ref) {}

  /** What one reading tells applications. */
  private record Info(
      KeyHandle handle,
      KeyAlgorithm algorithm,
      List<KeyVersion> versions,
      Optional<KeyVersionId> activeVersion,
      Instant createdAt,
      Optional<Instant> lastRotatedAt,
      RotationInterval rotation,
      Optional<Instant> nextRotationAt,
      Optional<Instant> nextPublicationAt,
      String providerUri,
      StampReading stamp,
      boolean adopted,
      boolean exportable,
      Optional<KeyHandle> movedTo)
      implements KeyInfo {}

  public KeySnapshot snapshot() {
    return snapshot;
  }

  public KeyHandle handle() {
    return handle;
  }

  public boolean adopted() {
    return adopted;
  }

  long readAtNanos() {
    return readAtNanos;
  }

  /** Throws what the policy holds against the key, if anything. */
  public KeyReading requireUsable() {
    if (objection.isPresent()) {
      throw EnclaveException.of(objection.get().code(), objection.get().getMessage());
    }
    return this;
  }

  /**
   * Refuses to change a key that something else manages.
   *
   * @throws UsageException ({@link ErrorCode#UNSUPPORTED_OPERATION}) for an adopted key
   */
  public void requireOurs() {
    if (adopted) {
      throw new UsageException(
          ErrorCode.UNSUPPORTED_OPERATION,
          "Key "
              + snapshot.name()
              + " is adopted (enclave.keys."
              + snapshot.name()
              + "): it is read and used, not changed. Change it where it is managed: "
              + ForeignText.name(snapshot.providerUri())
              + ".");
    }
  }

  /** What the backend says it did may be less than what was asked. */
  public void requireRetired(KeyVersionId id, KeyState asked) {
    KeyState found = snapshot.version(id).map(KeyVersion::state).orElse(KeyState.DESTROYED);
    if (found.compareTo(asked) < 0) {
      throw new IntegrityException(
          ErrorCode.WRONG_ANSWER,
          "Backend "
              + handle.backend()
              + " was asked to put version "
              + id
              + " of key "
              + snapshot.name()
              + " into state "
              + asked
              + " and left it "
              + found
              + ". Do not rely on it; change the version with the provider's own tools.");
    }
  }

  /** Whether the policy holds nothing against the key. */
  public boolean usable() {
    return objection.isEmpty();
  }

  /**
   * The active version.
   *
   * @throws UsageException ({@link ErrorCode#KEY_NOT_ACTIVE}) when there is none
   */
  public KeyVersion requireActive() {
    return pinned().version();
  }

  /**
   * As {@link #requireActive()}, ready to be used.
   *
   * @throws IntegrityException ({@link ErrorCode#WRONG_ANSWER}) when what the backend says is its
   *     public key is none
   */
  public Pinned requirePinned() {
    Pinned pinned = pinned();
    requirePublicKey(pinned.version());
    return pinned;
  }

  /**
   * Throws where the backend answered something else than a public key.
   *
   * @throws IntegrityException ({@link ErrorCode#WRONG_ANSWER})
   */
  public void requirePublicKey(KeyVersion version) {
    requirePublicKey(snapshot.name(), version);
  }

  /** The same, of a version that is not in this reading yet. */
  public static void requirePublicKey(KeyName name, KeyVersion version) {
    if (version.publicKeyFault().isPresent()) {
      throw new IntegrityException(
          ErrorCode.WRONG_ANSWER,
          "Version "
              + version.id()
              + " of key "
              + name
              + " is not used, since its public key is none: "
              + ForeignText.of(version.publicKeyFault().get())
              + " Rotate or destroy it once that is understood.");
    }
  }

  /** Whether nothing was answered in place of the active version's public key. */
  boolean usableVersion() {
    return active.filter(pinned -> pinned.version().publicKeyFault().isPresent()).isEmpty();
  }

  private Pinned pinned() {
    return active.orElseThrow(() -> movedTo().map(this::migrated).orElseGet(this::notActive));
  }

  private UsageException migrated(KeyHandle to) {
    return new UsageException(
        ErrorCode.KEY_MIGRATED,
        "Key "
            + snapshot.name()
            + " of backend "
            + handle.backend()
            + " was migrated to "
            + to
            + " and signs no more. Compare that handle with the record of the migration and use"
            + " it, or set enclave.migration.follow=true.");
  }

  private UsageException notActive() {
    return new UsageException(
        ErrorCode.KEY_NOT_ACTIVE,
        "Key "
            + snapshot.name()
            + " has no active version (its versions are "
            + states()
            + "). "
            + (snapshot.versions().stream().anyMatch(v -> v.state() == KeyState.DISABLED)
                ? "Enable a version that is disabled, or create another key."
                : "Create another key."));
  }

  /** Where the key was migrated to, as its backend records it; an adopted key's is not. */
  public Optional<KeyHandle> movedTo() {
    return adopted ? Optional.empty() : snapshot.movedTo();
  }

  private List<String> states() {
    return snapshot.versions().stream().map(v -> v.id() + " " + v.state()).toList();
  }

  /**
   * A version by its id.
   *
   * @throws UsageException ({@link ErrorCode#VERSION_NOT_FOUND}) when there is none
   */
  public KeyVersion requireVersion(KeyVersionId id) {
    return snapshot
        .version(id)
        .orElseThrow(
            () ->
                new UsageException(
                    ErrorCode.VERSION_NOT_FOUND,
                    "Key "
                        + snapshot.name()
                        + " has no version "
                        + id
                        + ". Its versions are "
                        + states()
                        + "."));
  }

  /** Versions that verify or open, the active one first, then newest first. */
  public List<KeyVersion> consuming() {
    return activeFirst(version -> version.state().mayConsume());
  }

  private List<KeyVersion> activeFirst(Predicate<KeyVersion> wanted) {
    List<KeyVersion> versions = new ArrayList<>(snapshot.versions());
    Collections.reverse(versions);
    return versions.stream()
        .filter(wanted)
        .sorted(Comparator.comparing(v -> v.state() != KeyState.ACTIVE))
        .toList();
  }

  /**
   * A verifier for a version, its key parsed once; none if it has no public key.
   *
   * @throws IntegrityException ({@link ErrorCode#WRONG_ANSWER}) when what the backend says is its
   *     public key is none
   */
  public Optional<SignatureVerifier> verifier(KeyVersion version) {
    requirePublicKey(version);
    return version
        .publicKey()
        .map(key -> verifiers.computeIfAbsent(version.id(), id -> SignatureVerifier.of(key)));
  }

  Optional<Fingerprint> fingerprint() {
    return handle.fingerprint();
  }

  /** As stored; an adopted key is rotated where it is managed, so never here. */
  public RotationInterval rotation() {
    return adopted ? RotationInterval.NEVER : snapshot.rotation();
  }

  /**
   * When the active version was made, unless it is the first. A version that was given up before it
   * was active rotated nothing.
   */
  private Optional<Instant> lastRotatedAt() {
    List<KeyVersion> made =
        snapshot.versions().stream().filter(v -> v.state() != KeyState.PENDING).toList();
    if (made.size() < 2) {
      return Optional.empty();
    }
    KeyVersion newest = snapshot.active().orElse(made.get(made.size() - 1));
    return newest.equals(made.get(0))
        ? Optional.empty()
        : Optional.of(newest.activatedAt().orElse(newest.createdAt()));
  }

  /**
   * The versions that rotations made to replace the active one and nobody has activated, the oldest
   * first. What nobody of Enclave's made is never to sign, and nobody is to believe it.
   */
  public List<KeyVersion> pending() {
    return snapshot.versions().stream()
        .dropWhile(version -> version.state() != KeyState.ACTIVE)
        .filter(v -> v.state() == KeyState.PENDING && v.origin() == KeyOrigin.GENERATED)
        .toList();
  }

  /** Versions whose public keys are published: the active one first, then newest first. */
  public List<KeyVersion> published() {
    return activeFirst(version -> version.state().mayConsume() || pending().contains(version));
  }

  /** How long ago the reading began. */
  public Duration age(TimeSource time) {
    return Duration.ofNanos(Math.max(0, time.nanoTime() - readAtNanos));
  }

  public KeyInfo info(VersionLife life) {
    Optional<Instant> lastRotatedAt = lastRotatedAt();
    RotationInterval interval = rotation().inherited() ? life.rotation() : rotation();
    Instant since = lastRotatedAt.orElse(snapshot.createdAt());
    Optional<Instant> due = interval.dueAfter(since);
    Duration ahead = life.publishAhead(snapshot.algorithm().purpose());
    Optional<Instant> published = pending().stream().findFirst().map(KeyVersion::createdAt);
    Optional<Instant> publication =
        ahead.isZero() || published.isPresent()
            ? Optional.empty()
            : due.map(at -> later(at.minus(ahead), since));
    Optional<Instant> activation =
        ahead.isZero()
            ? due
            : due.map(at -> later(at, published.or(() -> publication).orElseThrow().plus(ahead)));
    return new Info(
        handle,
        snapshot.algorithm(),
        List.copyOf(snapshot.versions()),
        snapshot.active().map(KeyVersion::id),
        snapshot.createdAt(),
        lastRotatedAt,
        rotation(),
        activation,
        publication,
        snapshot.providerUri(),
        ForeignText.of(snapshot.stamp()),
        adopted,
        snapshot.exportable(),
        movedTo());
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}

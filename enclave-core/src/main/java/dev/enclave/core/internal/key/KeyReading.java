package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.Fingerprint;
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
import dev.enclave.core.internal.texts.Texts;
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
      throw Texts.KEY_ADOPTED.as(
          ErrorCode.UNSUPPORTED_OPERATION,
          snapshot.name(),
          ForeignText.name(snapshot.providerUri()));
    }
  }

  /** What the backend says it did may be less than what was asked. */
  public void requireRetired(KeyVersionId id, KeyState asked) {
    KeyState found = snapshot.version(id).map(KeyVersion::state).orElse(KeyState.DESTROYED);
    if (found.compareTo(asked) < 0) {
      throw Texts.VERSION_NOT_PUT.as(
          ErrorCode.WRONG_ANSWER, handle.backend(), id, snapshot.name(), asked, found);
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
      throw Texts.PUBLIC_KEY_IS_NONE.as(
          ErrorCode.WRONG_ANSWER,
          version.id(),
          name,
          ForeignText.of(version.publicKeyFault().get()));
    }
  }

  /** Whether nothing was answered in place of the active version's public key. */
  boolean usableVersion() {
    return active.filter(pinned -> pinned.version().publicKeyFault().isPresent()).isEmpty();
  }

  private Pinned pinned() {
    return active.orElseThrow(() -> movedTo().map(this::migrated).orElseGet(this::notActive));
  }

  private EnclaveException migrated(KeyHandle to) {
    return Texts.KEY_MIGRATED.as(ErrorCode.KEY_MIGRATED, snapshot.name(), handle.backend(), to);
  }

  private EnclaveException notActive() {
    return (snapshot.versions().stream().anyMatch(v -> v.state() == KeyState.DISABLED)
            ? Texts.NO_ACTIVE_BUT_DISABLED
            : Texts.NO_ACTIVE_VERSION)
        .as(ErrorCode.KEY_NOT_ACTIVE, snapshot.name(), states());
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
                Texts.NO_SUCH_VERSION.as(
                    ErrorCode.VERSION_NOT_FOUND, snapshot.name(), id, states()));
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
    return new KeyInfo(
        handle,
        snapshot.algorithm(),
        snapshot.versions(),
        snapshot.active(),
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

package dev.enclave.kit.record;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.crypto.LocalKey;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.RecordKek.Wrapped;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyExporter;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRewrapper;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.record.RecordStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A backend whose keys lie in a {@link RecordStore}, one sealed record a key, and are used in this
 * process's memory. Offers every algorithm, for signing and wrapping.
 *
 * <p>A record holds all that is known of a key and the private halves of its versions, sealed under
 * a data key of its own (AES-256-GCM), which a {@link RecordKek} wraps. Each change is one
 * compare-and-set of the record. A process unwraps the data key of a record once, when it first
 * needs it, and keeps it with what it opened for {@link RecordKek#lifetime} at most; what is older
 * is overwritten by the next call of whatever kind.
 *
 * <p>To be extended by what is particular to a place: its health, its permissions. Thread-safe,
 * across processes too.
 */
public class RecordBackend
    implements SigningBackend,
        KeyCreator,
        KeySigner,
        KeyLister,
        KeyRotator,
        KeyStateChanger,
        KeyWrapper,
        KeyExporter,
        KeyImporter,
        KeyRewrapper {

  private static final int DATA_KEY = 32;

  /**
   * The engine gives a rotation half a minute. What is published for longer belongs to an operation
   * that is given up when another one prepares a version.
   */
  private static final Duration LONGEST_ROTATION = Duration.ofHours(1);

  private final BackendDescription description;
  private final BackendContext context;
  private final RecordStore store;
  private final RecordKek kek;
  private final Refusals refusals;
  private final KeyRecords records;

  // Calls share the read lock, so that closing waits for them before it overwrites the keys.
  private final ReentrantReadWriteLock lifetime = new ReentrantReadWriteLock();
  private boolean closed;

  /**
   * A backend over a store.
   *
   * @param id as its provider says
   * @param authority what every handle says of where the key is, as {@link
   *     BackendDescription#authority}
   * @param store closed with the backend
   * @param kek closed with the backend
   * @param context of the backend
   */
  public RecordBackend(
      BackendId id, String authority, RecordStore store, RecordKek kek, BackendContext context) {
    this.description =
        BackendDescription.of(
            id,
            authority,
            traits(store),
            KeyAlgorithm.all().stream().map(RecordBackend::support).toList());
    this.context = context;
    this.store = store;
    this.kek = kek;
    this.records = new KeyRecords(store, kek, context);
    this.refusals = new Refusals(id, Texts.A_BACKEND.with(id));
  }

  private static Set<BackendTrait> traits(RecordStore store) {
    Set<BackendTrait> traits =
        EnumSet.of(
            BackendTrait.PERSISTENT,
            BackendTrait.COMPARE_AND_SET,
            BackendTrait.STAMPS,
            BackendTrait.KEEPS_PUBLIC_KEYS);
    if (store.isRemote()) {
      traits.add(BackendTrait.REMOTE);
      traits.add(BackendTrait.USES_KEYS_IN_PROCESS);
    }
    return traits;
  }

  private static AlgorithmSupport support(KeyAlgorithm algorithm) {
    if (algorithm.purpose() == KeyPurpose.WRAP) {
      return AlgorithmSupport.wrapping(algorithm);
    }
    return algorithm.digest().isPresent()
        ? AlgorithmSupport.digestsAndMessagesUpTo(algorithm, Integer.MAX_VALUE)
        : AlgorithmSupport.messagesUpTo(algorithm, Integer.MAX_VALUE);
  }

  /** What it implements, and to rewrap keys if their key-encryption key rotates elsewhere. */
  @Override
  public <C extends Capability> Optional<C> capability(Class<C> type) {
    return type == KeyRewrapper.class && !kek.rotates()
        ? Optional.empty()
        : SigningBackend.super.capability(type);
  }

  /** Whether the process's account may list and write keys; asks for no key. */
  protected boolean mayWrite(CallContext call) throws BackendFailure {
    return true;
  }

  @Override
  public BackendDescription describe() {
    return description.withAssuranceCeiling(kek.assurance());
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return guarded(call, () -> snapshot(records.read(name, call).manifest()));
  }

  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    return guarded(call, () -> store.page(from, call));
  }

  /** Nothing is known of a store as such; a backend of a place says more. */
  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return guarded(call, () -> HealthReport.of(List.of()));
  }

  /**
   * Opens every key once and tells which of them are damaged and what that loses, within half of
   * the call's time. To be called within {@link #guarded}.
   */
  protected final List<Finding> damage(CallContext call) {
    List<Finding> findings = new ArrayList<>();
    try {
      KeyLister lister = store::page;
      List<KeyName> names = lister.list(call);
      Duration half = call.remaining().dividedBy(2);
      int checked = 0;
      for (KeyName name : names) {
        if (call.remaining().compareTo(half) < 0) {
          findings.add(
              Texts.CHECKED_IN_PART.finding(
                  Severity.WARNING, ErrorCode.BACKEND_UNAVAILABLE, checked, names.size()));
          break;
        }
        check(name, call, findings);
        checked++;
      }
    } catch (BackendFailure e) {
      findings.add(
          Finding.of(
              Severity.ERROR,
              ErrorCode.BACKEND_UNAVAILABLE,
              e.observed(),
              e.advice().orElse(Texts.MAKE_READABLE.with(store.place()))));
    }
    return findings;
  }

  private void check(KeyName name, CallContext call, List<Finding> findings) {
    Reading reading;
    try {
      reading = records.read(name, call);
    } catch (BackendFailure e) {
      addDamaged(Texts.KEY_LOST.with(name), e, findings);
      return;
    }
    String lost =
        reading.manifest().algorithm().purpose() == KeyPurpose.WRAP
            ? Texts.OPENS_NOTHING.with()
            : Texts.SIGNS_NOTHING.with();
    for (VersionEntry version : reading.manifest().living()) {
      try {
        records.opener.privateKey(reading, version).close();
      } catch (SupersededException e) {
        // Somebody has just changed it, and looked at it for that.
      } catch (BackendFailure e) {
        String what = Texts.VERSION_LOST.with(version.id(), version.state(), name, lost);
        addDamaged(what, e, findings);
      }
    }
  }

  /** A warning: one damaged key keeps no other from being used. */
  private static void addDamaged(String what, BackendFailure e, List<Finding> findings) {
    if (e.code() == FailureCode.CORRUPT) {
      findings.add(
          Finding.of(
              Severity.WARNING,
              ErrorCode.KEY_DATA_CORRUPT,
              what + e.observed(),
              e.advice().orElse(Texts.RESTORE_FROM_BACKUP.with())));
    }
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    return made(
        request,
        call,
        halves -> {
          Instant now = context.time().now();
          LocalKey key = LocalKey.generate(request.algorithm(), context.random());
          VersionEntry first = generated(KeyVersionId.of("1"), key, "", now).activatedBy("", now);
          halves.put(first.section(), key);
          return List.of(first);
        });
  }

  private VersionEntry generated(KeyVersionId id, LocalKey key, String operationId, Instant now) {
    return VersionEntry.of(
        id,
        KeyState.PENDING,
        now,
        key.publicKey(),
        KeyOrigin.GENERATED,
        operationId,
        context.random());
  }

  @Override
  public ImportSupport importSupport() {
    return ImportSupport.of(describe().algorithms().keySet(), true);
  }

  @Override
  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    ExportedKey key = request.key();
    return made(
        CreateRequest.of(
            request.name(),
            key.algorithm(),
            key.rotation(),
            request.stamp(),
            request.operationId()),
        call,
        halves -> {
          List<VersionEntry> versions = new ArrayList<>();
          for (Version version : key.versions()) {
            VersionEntry entry =
                VersionEntry.of(
                    version.id(),
                    version.state(),
                    version.createdAt(),
                    version.publicKey(),
                    KeyOrigin.IMPORTED,
                    "",
                    context.random());
            versions.add(entry);
            if (version.material().isPresent()) {
              LocalKey half = decoded(key.algorithm(), version, version.material().get());
              halves.put(entry.section(), half);
            }
          }
          return versions;
        });
  }

  private LocalKey decoded(KeyAlgorithm algorithm, Version version, SecretBytes material)
      throws BackendFailure {
    LocalKey key;
    try {
      key = LocalKey.decode(algorithm, material, context.random());
    } catch (EnclaveException | IllegalStateException e) {
      throw Texts.NO_PRIVATE_KEY_OF_ALGORITHM.permanent(
          FailureCode.REJECTED, version.id(), algorithm);
    }
    if (!key.publicKey().equals(version.publicKey())) {
      key.close();
      throw refusals.notItsPublicKey(version.id(), Texts.NOTHING_WRITTEN.with());
    }
    return key;
  }

  /** Makes the versions of a key, oldest first, and puts their private halves by section. */
  private interface Making {
    List<VersionEntry> versions(Map<String, LocalKey> halves) throws BackendFailure;
  }

  /** A key that was not there; or the one that is, if this operation made it. */
  private KeySnapshot made(CreateRequest request, CallContext call, Making making)
      throws BackendFailure {
    return guarded(
        call,
        () -> {
          KeyName name = request.name();
          Optional<Reading> there = records.find(name, call);
          Map<String, LocalKey> halves = new HashMap<>();
          try {
            if (there.isEmpty()) {
              List<VersionEntry> versions = making.versions(halves);
              Manifest manifest =
                  new Manifest(
                      name,
                      request.algorithm(),
                      request.stamp(),
                      request.rotation(),
                      versions.get(0).createdAt(),
                      request.operationId(),
                      1,
                      versions,
                      Optional.empty());
              if (records.create(manifest, halves, call)) {
                return snapshot(manifest);
              }
            }
          } finally {
            halves.values().forEach(LocalKey::close);
          }
          Manifest other = there.isPresent() ? there.get().manifest() : manifest(name, call);
          if (!other.createOperation().equals(request.operationId())) {
            throw refusals.alreadyExists(name);
          }
          store.settle(name, call);
          return snapshot(other);
        });
  }

  private Manifest manifest(KeyName name, CallContext call) throws BackendFailure {
    return records.read(name, call).manifest();
  }

  private KeySnapshot snapshot(Manifest manifest) {
    return manifest.toSnapshot(store.uriOf(manifest.name()), kek.assurance());
  }

  @Override
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    return guarded(
        call,
        () -> {
          refusals.requireTaken(description.algorithms().values(), version.algorithm(), input);
          Bytes signature =
              using(
                  version,
                  call,
                  (manifest, entry) -> mayProduce(manifest, entry, version),
                  FailureCode.REJECTED,
                  key -> key.sign(input));
          return RawSignature.of(
              signature, version.algorithm().defaultEncoding(), version.version());
        });
  }

  /** The active version, and one that another has replaced a moment ago. */
  private boolean mayProduce(Manifest manifest, VersionEntry version, KeyVersionRef ref) {
    return version.state().mayProduce()
        || (version.replacedAt().filter(at -> ref.inGrace(at, context.time().now())).isPresent()
            && manifest.active().isPresent());
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    return guarded(
        call,
        () -> {
          requireWrapping(kek);
          if (dataKey.size() != DATA_KEY) {
            throw refusals.cannot(kek.algorithm(), Texts.WRAPS_DATA_KEYS_ALONE.with());
          }
          return using(
              kek,
              call,
              (manifest, version) -> version.state().mayProduce(),
              FailureCode.REJECTED,
              key -> key.wrap(dataKey));
        });
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    return guarded(
        call,
        () -> {
          requireWrapping(kek);
          return using(
              kek,
              call,
              (manifest, version) -> version.state().mayConsume(),
              FailureCode.CORRUPT,
              key -> key.unwrap(wrapped));
        });
  }

  private void requireWrapping(KeyVersionRef ref) throws BackendFailure {
    if (ref.algorithm().purpose() != KeyPurpose.WRAP) {
      throw refusals.cannot(ref.algorithm(), "wrap");
    }
  }

  private <T> T using(
      KeyVersionRef ref,
      CallContext call,
      BiPredicate<Manifest, VersionEntry> allowed,
      FailureCode otherwise,
      Function<LocalKey, T> work)
      throws BackendFailure {
    return persistently(
        ref.name(),
        call,
        () -> {
          LocalKey key = usable(ref, allowed, call);
          try {
            return work.apply(key);
          } catch (EnclaveException e) {
            if (e.code() == ErrorCode.CLOSED) {
              throw new SupersededException();
            }
            throw BackendFailure.permanent(otherwise, e.getMessage());
          } catch (IllegalStateException e) {
            throw Texts.DATA_KEY_CLOSED.permanent(FailureCode.REJECTED);
          }
        });
  }

  private interface Attempt<T> {
    T make() throws BackendFailure, SupersededException;
  }

  /** What was switched off or overwritten meanwhile is read again, until the deadline. */
  private <T> T persistently(KeyName name, CallContext call, Attempt<T> attempt)
      throws BackendFailure {
    while (true) {
      try {
        return attempt.make();
      } catch (SupersededException e) {
        records.requireTime(name, call);
      }
    }
  }

  private LocalKey usable(
      KeyVersionRef ref, BiPredicate<Manifest, VersionEntry> allowed, CallContext call)
      throws BackendFailure, SupersededException {
    Reading reading = records.use(ref.name(), call);
    if (reading.manifest().version(ref.version()).isEmpty()) {
      reading = records.read(ref.name(), call);
    }
    Manifest manifest = reading.manifest();
    VersionEntry version = manifest.require(ref.version(), refusals);
    manifest.requireAlgorithm(ref.algorithm(), FailureCode.REJECTED);
    manifest.requireStamp(context.environment());
    if (!allowed.test(manifest, version)) {
      throw refusals.invalidState(manifest.name(), version.id(), version.state());
    }
    return records.privateKey(reading, version);
  }

  /** A whole key, of one record, as the store has it now. */
  @Override
  public ExportedKey export(KeyName name, CallContext call) throws BackendFailure {
    return guarded(call, () -> persistently(name, call, () -> exported(records.read(name, call))));
  }

  private ExportedKey exported(Reading reading) throws BackendFailure, SupersededException {
    Manifest manifest = reading.manifest();
    manifest.requireStamp(context.environment());
    List<Version> versions = new ArrayList<>();
    boolean complete = false;
    try {
      for (VersionEntry version : manifest.versions()) {
        versions.add(exported(reading, version));
      }
      complete = true;
    } finally {
      if (!complete) {
        versions.forEach(v -> v.material().ifPresent(SecretBytes::close));
      }
    }
    return ExportedKey.of(
        manifest.name(),
        manifest.algorithm(),
        manifest.rotation(),
        Optional.of(manifest.stamp()),
        versions);
  }

  private Version exported(Reading reading, VersionEntry version)
      throws BackendFailure, SupersededException {
    Optional<SecretBytes> material = Optional.empty();
    if (version.state() != KeyState.DESTROYED) {
      // Not the kept copy: a disabled version's is closed, and a backup needs it all the same.
      try (LocalKey key = records.opener.privateKey(reading, version)) {
        material = Optional.of(key.encode());
      }
    }
    return Version.of(
        version.id(), version.state(), version.createdAt(), version.publicKey(), material);
  }

  @Override
  public boolean mayRotate(CallContext call) throws BackendFailure {
    return guarded(call, () -> mayWrite(call));
  }

  /**
   * A change looks at the key as it was read and says what is to be written, perhaps several times;
   * what is new is generated once, before the first attempt, since RSA takes seconds.
   */
  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    return guarded(
        call,
        () -> {
          Manifest before = manifest(request.name(), call);
          Optional<VersionEntry> earlier = before.preparedBy(request.operationId());
          if (earlier.isPresent()) {
            store.settle(request.name(), call);
            return version(request, earlier.get());
          }
          requireRotatable(before, request);
          try (LocalKey key = LocalKey.generate(before.algorithm(), context.random())) {
            Map<String, LocalKey> added = new HashMap<>();
            Reading now =
                records.changeAnew(
                    before, added, call, it -> prepared(request, it.manifest(), key, added));
            return now.manifest()
                .preparedBy(request.operationId())
                .map(it -> version(request, it))
                .orElseThrow();
          }
        });
  }

  private Optional<Manifest> prepared(
      RotateRequest request, Manifest manifest, LocalKey key, Map<String, LocalKey> added)
      throws BackendFailure {
    if (manifest.preparedBy(request.operationId()).isPresent()) {
      return Optional.empty();
    }
    requireRotatable(manifest, request);
    manifest.requireAlgorithm(key.algorithm(), FailureCode.CONFLICT);
    Instant now = context.time().now();
    VersionEntry version = generated(manifest.nextVersion(), key, request.operationId(), now);
    added.put(version.section(), key);
    return Optional.of(manifest.with(version, now.minus(LONGEST_ROTATION)));
  }

  private void requireRotatable(Manifest manifest, RotateRequest request) throws BackendFailure {
    manifest.requireStamp(context.environment());
    if (request.retiredState() != KeyState.VERIFY_ONLY
        && request.retiredState() != KeyState.DISABLED) {
      throw Texts.NOT_TO_BE_LEFT.permanent(FailureCode.REJECTED, request.retiredState());
    }
    if (manifest.active().filter(v -> v.id().equals(request.expectedActive())).isEmpty()) {
      throw refusals.conflict(manifest.name(), request.expectedActive());
    }
  }

  @Override
  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    return guarded(
        call,
        () ->
            manifest(request.name(), call)
                .preparedBy(request.operationId())
                .map(it -> version(request, it)));
  }

  private KeyVersion version(RotateRequest request, VersionEntry version) {
    return version.toKeyVersion(store.uriOf(request.name()), kek.assurance());
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId id, CallContext call)
      throws BackendFailure {
    return replaced(
        request,
        id,
        KeyState.PENDING,
        next -> next.activateOperation().equals(request.operationId()),
        call);
  }

  @Override
  public KeySnapshot reinstate(RotateRequest request, KeyVersionId id, CallContext call)
      throws BackendFailure {
    Predicate<VersionEntry> done = next -> next.state() == KeyState.ACTIVE;
    return replaced(request, id, KeyState.VERIFY_ONLY, done, call);
  }

  /** With a version active that is in this state, in place of the one that a request expects. */
  private KeySnapshot replaced(
      RotateRequest request,
      KeyVersionId id,
      KeyState from,
      Predicate<VersionEntry> done,
      CallContext call)
      throws BackendFailure {
    return changed(
        request.name(),
        call,
        current -> {
          Manifest manifest = current.manifest();
          VersionEntry next = manifest.require(id, refusals);
          if (done.test(next)) {
            return Optional.empty();
          }
          requireRotatable(manifest, request);
          if (next.state() != from) {
            throw refusals.invalidState(manifest.name(), id, next.state());
          }
          records.opener.privateKey(current, next).close();
          return Optional.of(manifest.activated(request, id, context.time().now()));
        });
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    return changed(name, call, it -> it.manifest().with(interval));
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef version, KeyState target, CallContext call)
      throws BackendFailure {
    return changed(version.name(), call, it -> withState(it.manifest(), version.version(), target));
  }

  private Optional<Manifest> withState(Manifest manifest, KeyVersionId id, KeyState target)
      throws BackendFailure {
    VersionEntry version = manifest.require(id, refusals);
    if (version.state() == target) {
      return Optional.empty();
    }
    if (target == KeyState.PENDING) {
      throw Texts.NOT_TO_BE_PENDING.permanent(FailureCode.REJECTED);
    }
    if (version.state() == KeyState.DESTROYED) {
      throw refusals.invalidState(manifest.name(), id, version.state());
    }
    if (target != KeyState.ACTIVE) {
      return Optional.of(manifest.withState(id, target));
    }
    if (manifest.active().isPresent()) {
      throw refusals.otherActive(manifest.name(), id);
    }
    return Optional.of(manifest.enabled(version, context.time().now()));
  }

  @Override
  public Optional<KeySnapshot> recordMove(KeyVersionRef version, KeyHandle to, CallContext call)
      throws BackendFailure {
    return Optional.of(
        changed(
            version.name(),
            call,
            it -> {
              it.manifest().require(version.version(), refusals);
              return it.manifest().withMovedTo(to);
            }));
  }

  private KeySnapshot changed(KeyName name, CallContext call, KeyRecords.Change change)
      throws BackendFailure {
    return guarded(call, () -> snapshot(records.change(name, call, change).manifest()));
  }

  @Override
  public boolean mayRewrap(CallContext call) throws BackendFailure {
    return mayRotate(call);
  }

  @Override
  public KeyVersionId kekVersion(CallContext call) throws BackendFailure {
    return guarded(call, () -> kek.version(call).orElseThrow());
  }

  @Override
  public boolean isCurrent(KeyName name, CallContext call) throws BackendFailure {
    return guarded(call, () -> kek.isCurrent(records.wrapped(name, call)));
  }

  @Override
  public void rewrap(KeyName name, CallContext call) throws BackendFailure {
    guarded(
        call,
        () -> {
          resealKey(name, true, call);
          return true;
        });
  }

  /** The wrapped data key of a record, not authenticated; none if it is no such record. */
  public static Optional<Wrapped> dataKeyOf(Bytes record) {
    try {
      return Optional.of(SealedRecord.parse(record).dataKey());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Seals a key anew under a fresh data key; at once with others, once is enough. To be called
   * within {@link #guarded}.
   *
   * @param always also if its own is under the current key-encryption key
   * @throws BackendFailure CORRUPT when a part of the key cannot be read; the record stays as it is
   */
  protected final void resealKey(KeyName name, boolean always, CallContext call)
      throws BackendFailure {
    Reading before = records.read(name, call);
    Wrapped old = before.key().wrapped();
    if (always || !kek.isCurrent(old)) {
      records.changeAnew(
          before.manifest(),
          Map.of(),
          call,
          current -> {
            Wrapped now = current.key().wrapped();
            return !now.equals(old) && kek.isCurrent(now)
                ? Optional.empty()
                : Optional.of(current.manifest());
          });
    }
  }

  /**
   * Runs an operation between opening and closing, before the call's deadline.
   *
   * @throws BackendFailure CLOSED, TIMEOUT, or the operation's own
   */
  protected final <T> T guarded(CallContext call, BackendFailure.Step<T> operation)
      throws BackendFailure {
    lifetime.readLock().lock();
    try {
      if (closed) {
        throw refusals.closed();
      }
      if (call.expired()) {
        throw Texts.DEADLINE_PASSED.transientFailure(FailureCode.TIMEOUT);
      }
      records.overwriteExpired();
      return run(operation);
    } finally {
      lifetime.readLock().unlock();
    }
  }

  /** Runs an operation, which may be run once more if nothing came of it. */
  protected <T> T run(BackendFailure.Step<T> operation) throws BackendFailure {
    return operation.run();
  }

  @Override
  public void close() {
    lifetime.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      records.close();
      kek.close();
      store.close();
    } finally {
      lifetime.writeLock().unlock();
    }
  }
}

package dev.enclave.kit.record;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.Wrapped;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;

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

  private final BackendDescription description;
  private final RecordStore store;
  private final RecordKek kek;
  private final Refusals refusals;
  private final KeyRecords records;
  private final KeyLifecycle lifecycle;
  private final KeyUse use;
  private final RecordCheck check;

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
    this.store = store;
    this.kek = kek;
    this.records = new KeyRecords(store, kek, context);
    this.refusals = new Refusals(id, "Backend " + id);
    this.lifecycle = new KeyLifecycle(context, refusals, records, kek);
    this.use = new KeyUse(context, refusals, records);
    this.check = new RecordCheck(store, records);
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
   * Opens every key once and tells which of them are damaged, within half of the call's time. To be
   * called within {@link #guarded}.
   */
  protected final List<Finding> damage(CallContext call) {
    return check.findings(call);
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    return guarded(call, () -> snapshot(lifecycle.create(request, call)));
  }

  @Override
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    return guarded(
        call,
        () ->
            use.sign(version, input, description.support(version.algorithm()).orElseThrow(), call));
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    return guarded(call, () -> use.wrap(kek, dataKey, call));
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    return guarded(call, () -> use.unwrap(kek, wrapped, call));
  }

  @Override
  public boolean mayRotate(CallContext call) throws BackendFailure {
    return guarded(call, () -> mayWrite(call));
  }

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    return guarded(call, () -> version(request, lifecycle.prepare(request, call)));
  }

  @Override
  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    return guarded(
        call,
        () ->
            records
                .read(request.name(), call)
                .manifest()
                .preparedBy(request.operationId())
                .map(it -> version(request, it)));
  }

  private KeyVersion version(RotateRequest request, VersionEntry version) {
    return version.toKeyVersion(store.uriOf(request.name()), kek.assurance());
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    return changed(request.name(), call, it -> lifecycle.activated(request, next, it));
  }

  @Override
  public KeySnapshot reinstate(RotateRequest request, KeyVersionId version, CallContext call)
      throws BackendFailure {
    return changed(request.name(), call, it -> lifecycle.reinstated(request, version, it));
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    return changed(name, call, it -> it.manifest().with(interval));
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef version, KeyState target, CallContext call)
      throws BackendFailure {
    return changed(
        version.name(), call, it -> lifecycle.changed(it.manifest(), version.version(), target));
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
  public ExportedKey export(KeyName name, CallContext call) throws BackendFailure {
    return guarded(call, () -> use.export(name, call));
  }

  @Override
  public ImportSupport importSupport() {
    return ImportSupport.of(describe().algorithms().keySet(), true);
  }

  @Override
  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    return guarded(call, () -> snapshot(lifecycle.restore(request, call)));
  }

  private KeySnapshot snapshot(Manifest manifest) {
    return manifest.toSnapshot(store.uriOf(manifest.name()), kek.assurance());
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
    guarded(call, () -> lifecycle.resealed(name, true, call));
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
   * Seals a key anew under a fresh data key, unless its own is under the current key-encryption
   * key. To be called within {@link #guarded}.
   *
   * @throws BackendFailure CORRUPT when a part of the key cannot be read; the record stays as it is
   */
  protected final void resealKey(KeyName name, CallContext call) throws BackendFailure {
    lifecycle.resealed(name, false, call);
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
        throw BackendFailure.transientFailure(
            FailureCode.TIMEOUT, "The deadline has passed.", "Repeat the call with more time.");
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

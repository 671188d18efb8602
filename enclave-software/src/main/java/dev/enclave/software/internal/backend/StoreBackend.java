package dev.enclave.software.internal.backend;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.keys.KeyLifecycle;
import dev.enclave.software.internal.keys.KeyTransfer;
import dev.enclave.software.internal.keys.KeyUse;
import dev.enclave.software.internal.keys.PrivateKeys;
import dev.enclave.software.internal.records.KeyStore;
import dev.enclave.software.internal.sealing.Manifest;
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
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyExporter;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.spi.backend.SigningBackend;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;

/**
 * Keys in sealed files of one directory. Which version is active stands in the key's manifest; a
 * race is won by who holds the key's lock first. Thread-safe, across processes too.
 */
class StoreBackend
    implements SigningBackend,
        KeyCreator,
        KeySigner,
        KeyLister,
        KeyRotator,
        KeyStateChanger,
        KeyWrapper,
        KeyExporter,
        KeyImporter,
        PermissionProber {

  private static final Set<BackendTrait> TRAITS =
      EnumSet.of(BackendTrait.PERSISTENT, BackendTrait.COMPARE_AND_SET, BackendTrait.STAMPS);

  private static final Map<KeyAlgorithm, AlgorithmSupport> SUPPORT =
      KeyAlgorithm.all().stream()
          .collect(Collectors.toUnmodifiableMap(a -> a, StoreBackend::support));

  private final BackendDescription description;
  private final Assurance assurance;
  private final StoreLayout layout;
  private final StoreLock locks;
  private final KeyStore store;
  private final PrivateKeys privateKeys;
  private final KeyLifecycle lifecycle;
  private final KeyUse use;
  private final KeyTransfer transfer;
  private final StoreHealth health;
  private final String uri;

  // Calls share the read lock, so that closing waits for them before it overwrites the keys.
  private final ReentrantReadWriteLock lifetime = new ReentrantReadWriteLock();
  private boolean closed;

  StoreBackend(OpenStore opened) {
    BackendContext context = opened.context();
    this.description =
        BackendDescription.of(
            opened.kind().backend(),
            opened.layout().directory().toString(),
            TRAITS,
            KeyAlgorithm.all().stream().map(StoreBackend::support).toList());
    this.assurance = opened.kind().assurance();
    this.layout = opened.layout();
    this.locks = opened.locks();
    this.store = opened.store();
    this.privateKeys = new PrivateKeys(store);
    this.lifecycle = new KeyLifecycle(context, store, locks, privateKeys);
    this.use = new KeyUse(context.environment(), store, privateKeys);
    this.transfer = new KeyTransfer(context, store, locks);
    this.health = opened.health();
    this.uri = layout.directory().toUri().toString().replaceFirst("/$", "");
  }

  private static AlgorithmSupport support(KeyAlgorithm algorithm) {
    if (algorithm.purpose() == KeyPurpose.WRAP) {
      return AlgorithmSupport.wrapping(algorithm);
    }
    return algorithm.digest().isPresent()
        ? AlgorithmSupport.digestsAndMessagesUpTo(algorithm, Integer.MAX_VALUE)
        : AlgorithmSupport.messagesUpTo(algorithm, Integer.MAX_VALUE);
  }

  @Override
  public BackendDescription describe() {
    return description;
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return guarded(call, () -> snapshot(store.read(name)));
  }

  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    return guarded(call, () -> Names.whole(from, store.names()));
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return guarded(call, () -> health.report(call));
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    return guarded(call, health::permissions);
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
        () -> use.sign(version, input, Objects.requireNonNull(SUPPORT.get(version.algorithm()))));
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    return guarded(call, () -> use.wrap(kek, dataKey));
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    return guarded(call, () -> use.unwrap(kek, wrapped));
  }

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    return guarded(
        call,
        () -> lifecycle.prepare(request, call).toKeyVersion(uriOf(request.name()), assurance));
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    return guarded(call, () -> snapshot(lifecycle.activate(request, next, call)));
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    return guarded(call, () -> snapshot(lifecycle.changeInterval(name, interval, call)));
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef version, KeyState target, CallContext call)
      throws BackendFailure {
    return guarded(call, () -> snapshot(lifecycle.changeState(version, target, call)));
  }

  @Override
  public ExportedKey export(KeyName name, CallContext call) throws BackendFailure {
    return guarded(call, () -> transfer.export(name, call));
  }

  @Override
  public ImportSupport importSupport() {
    return ImportSupport.of(describe().algorithms().keySet(), true);
  }

  @Override
  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    return guarded(call, () -> snapshot(transfer.restore(request, call)));
  }

  private KeySnapshot snapshot(Manifest manifest) {
    return manifest.toSnapshot(uriOf(manifest.name()), assurance);
  }

  private String uriOf(KeyName name) {
    return uri + "/" + layout.key(name).getFileName();
  }

  /** What happens between opening and closing, before the deadline. */
  interface Call<T> {
    T run() throws BackendFailure;
  }

  final <T> T guarded(CallContext call, Call<T> operation) throws BackendFailure {
    lifetime.readLock().lock();
    try {
      if (closed) {
        throw BackendFailure.permanent(
            FailureCode.CLOSED,
            "The "
                + description.id()
                + " backend on "
                + layout.directory()
                + " has been closed. Open it again.");
      }
      if (call.expired()) {
        throw BackendFailure.transientFailure(
            FailureCode.TIMEOUT, "The deadline has passed. Repeat the call with more time.");
      }
      return runOnMemory(operation);
    } finally {
      lifetime.readLock().unlock();
    }
  }

  /**
   * Every call can be repeated. So it is, without the counters, when their memory was taken away:
   * the platform says that by an error, at once or some steps later.
   */
  private <T> T runOnMemory(Call<T> operation) throws BackendFailure {
    try {
      return operation.run();
    } catch (InternalError e) {
      if (!locks.abandonCounters()) {
        throw e;
      }
      return operation.run();
    }
  }

  @Override
  public void close() {
    lifetime.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      privateKeys.close();
      store.close();
    } finally {
      lifetime.writeLock().unlock();
    }
  }
}

package dev.enclave.testkit;

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
import dev.enclave.crypto.LocalKey;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyExporter;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.internal.Refusals;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keys in a map. The plainest backend that keeps the whole contract. */
final class InMemoryBackend
    implements SigningBackend,
        KeyCreator,
        KeySigner,
        KeyLister,
        KeyRotator,
        KeyStateChanger,
        KeyWrapper,
        KeyAdopter,
        KeyExporter,
        KeyImporter {

  private static final String OWN = "heap:keys/";

  private final InMemoryProvider.Report report;
  private final BackendDescription description;
  private final InMemoryStore store;
  private final boolean persistent;
  private final BackendContext context;
  private volatile boolean closed;

  InMemoryBackend(
      InMemoryProvider.Report report,
      Set<BackendTrait> traits,
      InMemoryStore store,
      boolean persistent,
      BackendContext context) {
    this.report = report;
    this.store = store;
    this.persistent = persistent;
    this.context = context;
    this.description =
        BackendDescription.of(
            report.id(),
            "memory",
            BackendTrait.declared(traits),
            report.algorithms().stream().map(InMemoryBackend::support).toList());
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
    requireOpen(call);
    synchronized (store) {
      return key(name).snapshot(name);
    }
  }

  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    requireOpen(call);
    synchronized (store) {
      return Names.whole(from, List.copyOf(store.keys.keySet()));
    }
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    requireOpen(call);
    Refusals.requireDeclared(description, request.algorithm());
    LocalKey material = LocalKey.generate(request.algorithm(), context.random());
    synchronized (store) {
      InMemoryStore.Key existing = store.keys.get(request.name());
      if (existing != null) {
        material.close();
        if (existing.versions.get(0).operationId.equals(request.operationId())) {
          return existing.snapshot(request.name());
        }
        throw Refusals.alreadyExists(request.name());
      }
      InMemoryStore.Key key =
          new InMemoryStore.Key(
              request.algorithm(),
              request.rotation(),
              Optional.of(request.stamp()),
              OWN + request.name(),
              true);
      addVersion(key, KeyState.ACTIVE, material, request.operationId());
      store.keys.put(request.name(), key);
      return key.snapshot(request.name());
    }
  }

  private void addVersion(
      InMemoryStore.Key key, KeyState state, LocalKey material, String operationId) {
    key.add(state, material, operationId, report, context.time().now());
  }

  @Override
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    requireOpen(call);
    Refusals.requireTaken(description, version.algorithm(), input);
    LocalKey material = materialOf(version, Set.of(KeyState.ACTIVE));
    return used(
        () ->
            RawSignature.of(
                material.sign(input), version.algorithm().defaultEncoding(), version.version()));
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    requireOpen(call);
    requireWrapping(kek);
    LocalKey material = materialOf(kek, Set.of(KeyState.ACTIVE));
    return used(() -> material.wrap(dataKey));
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    requireOpen(call);
    requireWrapping(kek);
    LocalKey material = materialOf(kek, Set.of(KeyState.ACTIVE, KeyState.VERIFY_ONLY));
    try {
      return used(() -> material.unwrap(wrapped));
    } catch (IntegrityException e) {
      throw Refusals.notWrappedHere(kek);
    }
  }

  private void requireWrapping(KeyVersionRef kek) throws BackendFailure {
    if (kek.algorithm().purpose() != KeyPurpose.WRAP) {
      throw Refusals.cannotDo(kek, "wrap");
    }
  }

  private LocalKey materialOf(KeyVersionRef ref, Set<KeyState> allowed) throws BackendFailure {
    synchronized (store) {
      InMemoryStore.Version version = version(ref);
      if (!allowed.contains(version.info.state()) && !store.inGrace(version, ref, context.time())) {
        throw Refusals.invalidState(ref, version.info.state());
      }
      return version.material.orElseThrow();
    }
  }

  /** Uses key material; a close or destruction in that very moment is an answer, not a bug. */
  private <T> T used(java.util.function.Supplier<T> use) throws BackendFailure {
    try {
      return use.get();
    } catch (UsageException e) {
      if (e.code() == ErrorCode.CLOSED) {
        throw Refusals.closed(description);
      }
      throw e;
    }
  }

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    requireOpen(call);
    KeyAlgorithm algorithm;
    synchronized (store) {
      algorithm = key(request.name()).algorithm;
    }
    LocalKey material = LocalKey.generate(algorithm, context.random());
    synchronized (store) {
      InMemoryStore.Key key = key(request.name());
      Optional<KeyVersion> earlier = prepared(key, request);
      if (earlier.isPresent()) {
        material.close();
        return earlier.get();
      }
      if (!key.activeIs(request.expectedActive())) {
        material.close();
        throw Refusals.conflict(request.name(), request.expectedActive());
      }
      addVersion(key, KeyState.PENDING, material, request.operationId());
      return key.versions.get(key.versions.size() - 1).info;
    }
  }

  private static Optional<KeyVersion> prepared(InMemoryStore.Key key, RotateRequest request) {
    return key.versions.stream()
        .skip(1)
        .filter(version -> version.operationId.equals(request.operationId()))
        .map(version -> version.info)
        .findFirst();
  }

  @Override
  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    requireOpen(call);
    synchronized (store) {
      return prepared(key(request.name()), request);
    }
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    requireOpen(call);
    synchronized (store) {
      InMemoryStore.Key key = key(request.name());
      InMemoryStore.Version prepared =
          key.version(next).orElseThrow(() -> Refusals.noVersion(request.name(), next));
      if (prepared.everActive) {
        return key.snapshot(request.name());
      }
      if (!key.activeIs(request.expectedActive())) {
        throw Refusals.conflict(request.name(), request.expectedActive());
      }
      if (prepared.info.state() != KeyState.PENDING) {
        throw Refusals.invalidState(
            key.snapshot(request.name()).ref(prepared.info), prepared.info.state());
      }
      key.active().orElseThrow().giveWay(request.retiredState(), context.time().now());
      key.movedTo = Optional.empty();
      prepared.become(KeyState.ACTIVE, context.time().now());
      return key.snapshot(request.name());
    }
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    requireOpen(call);
    synchronized (store) {
      key(name).rotation = interval;
      return key(name).snapshot(name);
    }
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    requireOpen(call);
    synchronized (store) {
      InMemoryStore.Key key = key(ref.name());
      InMemoryStore.Version version = version(ref);
      KeyState state = version.info.state();
      if (state == KeyState.DESTROYED && target != KeyState.DESTROYED) {
        throw Refusals.invalidState(ref, state);
      }
      if (target == KeyState.ACTIVE
          && key.active().filter(active -> active != version).isPresent()) {
        throw Refusals.otherActive(ref);
      }
      if (target == KeyState.ACTIVE && version.info.state() != KeyState.ACTIVE) {
        key.movedTo = Optional.empty();
      }
      version.become(target, context.time().now());
      return key.snapshot(ref.name());
    }
  }

  @Override
  public Optional<KeySnapshot> recordMove(KeyVersionRef ref, KeyHandle to, CallContext call)
      throws BackendFailure {
    requireOpen(call);
    synchronized (store) {
      version(ref);
      InMemoryStore.Key key = key(ref.name());
      key.movedTo = Optional.of(to);
      return Optional.of(key.snapshot(ref.name()));
    }
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    requireOpen(call);
    return InMemoryForeignKeys.read(store, providerUri, name);
  }

  @Override
  public ExportedKey export(KeyName name, CallContext call) throws BackendFailure {
    requireOpen(call);
    synchronized (store) {
      return InMemoryTransfer.export(name, key(name));
    }
  }

  @Override
  public ImportSupport importSupport() {
    return ImportSupport.of(description.algorithms().keySet(), true);
  }

  @Override
  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    requireOpen(call);
    Refusals.requireDeclared(description, request.key().algorithm());
    InMemoryStore.Key restored =
        InMemoryTransfer.restored(
            request, OWN + request.name(), report.assurance(), context.random());
    synchronized (store) {
      InMemoryStore.Key existing = store.keys.putIfAbsent(request.name(), restored);
      if (existing == null) {
        return restored.snapshot(request.name());
      }
      restored.versions.forEach(InMemoryStore.Version::close);
      if (existing.versions.get(0).operationId.equals(request.operationId())) {
        return existing.snapshot(request.name());
      }
      throw Refusals.alreadyExists(request.name());
    }
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    requireOpen(call);
    return HealthReport.HEALTHY;
  }

  @Override
  public void close() {
    closed = true;
    if (!persistent) {
      synchronized (store) {
        store.keys.values().forEach(key -> key.versions.forEach(InMemoryStore.Version::close));
        store.keys.clear();
      }
    }
  }

  private InMemoryStore.Key key(KeyName name) throws BackendFailure {
    InMemoryStore.Key key = store.keys.get(name);
    if (key == null) {
      throw Refusals.noKey(name);
    }
    return key;
  }

  private InMemoryStore.Version version(KeyVersionRef ref) throws BackendFailure {
    if (InMemoryForeignKeys.has(ref)) {
      return InMemoryForeignKeys.version(store, ref);
    }
    return key(ref.name()).version(ref.version()).orElseThrow(() -> Refusals.noVersion(ref));
  }

  private void requireOpen(CallContext call) throws BackendFailure {
    if (closed) {
      throw Refusals.closed(description);
    }
    Refusals.requireTime(call);
  }
}

package dev.enclave.software.internal;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.EnclaveException;
import dev.enclave.EnvironmentType;
import dev.enclave.HealthReport;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningInput;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendDescription;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendTrait;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.CreateRequest;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyLister;
import dev.enclave.spi.KeyRotator;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyStateChanger;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.KeyWrapper;
import dev.enclave.spi.RawSignature;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SigningBackend;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;

/**
 * Keys in sealed files of one directory. Which version is active stands in the key's manifest; a
 * race is won by who holds the key's lock first. Thread-safe, across processes too.
 */
final class SoftwareBackend
    implements SigningBackend, KeyLister, KeyRotator, KeyStateChanger, KeyWrapper {

  private static final Set<BackendTrait> TRAITS =
      EnumSet.of(
          BackendTrait.PERSISTENT,
          BackendTrait.COMPARE_AND_SET,
          BackendTrait.STAMPS,
          BackendTrait.LISTS,
          BackendTrait.ROTATES,
          BackendTrait.CHANGES_STATE,
          BackendTrait.WRAPS);

  private static final int DATA_KEY = 32;

  private final BackendDescription description;
  private final EnvironmentType environment;
  private final BackendContext context;
  private final SecureRandom random;
  private final StoreLayout layout;
  private final StoreLock locks;
  private final KeyStore store;
  private final PrivateKeys privateKeys;
  private final StoreHealth health;
  private final String uri;

  // Calls share the read lock, so that closing waits for them before it overwrites the keys.
  private final ReentrantReadWriteLock lifetime = new ReentrantReadWriteLock();
  private boolean closed;

  SoftwareBackend(
      BackendContext context,
      SecureFiles files,
      StoreLayout layout,
      StoreLock locks,
      KeyStore store,
      boolean passphrase) {
    this.description =
        BackendDescription.of(
            BackendId.SOFTWARE,
            layout.directory().toString(),
            TRAITS,
            Arrays.stream(KeyAlgorithm.values()).map(SoftwareBackend::support).toList());
    this.environment = context.environment();
    this.context = context;
    this.random = context.random();
    this.layout = layout;
    this.locks = locks;
    this.store = store;
    this.privateKeys = new PrivateKeys(store);
    this.health = new StoreHealth(context.settings(), files, layout, passphrase);
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
  public List<KeyName> list(CallContext call) throws BackendFailure {
    return guarded(call, store::names);
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return guarded(call, health::report);
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    return guarded(
        call,
        () -> {
          Optional<Manifest> existing = store.find(request.name());
          if (existing.isPresent()) {
            return existing(existing.get(), request);
          }
          try (LocalKey key = LocalKey.generate(request.algorithm(), random)) {
            return locks.holdingKey(
                request.name(),
                call.deadline(),
                () -> {
                  Optional<Manifest> meanwhile = store.find(request.name());
                  return meanwhile.isPresent()
                      ? existing(meanwhile.get(), request)
                      : create(request, key);
                });
          }
        });
  }

  private KeySnapshot existing(Manifest manifest, CreateRequest request) throws BackendFailure {
    if (manifest.createOperation().equals(request.operationId())) {
      return snapshot(manifest);
    }
    throw BackendFailure.permanent(
        FailureCode.ALREADY_EXISTS,
        "Key "
            + manifest.name()
            + " exists in "
            + layout.directory()
            + ". Use it, or choose another name.");
  }

  private KeySnapshot create(CreateRequest request, LocalKey key) throws BackendFailure {
    Instant now = context.time().now();
    Manifest empty =
        new Manifest(
            request.name(),
            request.algorithm(),
            request.stamp(),
            request.rotation(),
            now,
            request.operationId(),
            0,
            List.of());
    return snapshot(addVersion(empty, KeyState.ACTIVE, "", now, key));
  }

  private Manifest addVersion(
      Manifest manifest, KeyState state, String operationId, Instant now, LocalKey key)
      throws BackendFailure {
    KeyVersionId id = manifest.nextVersion();
    VersionEntry version =
        new VersionEntry(
            id, state, now, key.publicKey(), store.newPrivateKeyFile(id.value()), operationId, "");
    store.makeFolder(manifest.name());
    store.writePrivateKey(manifest.name(), version, manifest.algorithm(), manifest.stamp(), key);
    Manifest changed = manifest.with(version);
    store.write(changed);
    return changed;
  }

  @Override
  public RawSignature sign(KeyVersionRef ref, SigningInput input, CallContext call)
      throws BackendFailure {
    return guarded(
        call,
        () -> {
          LocalKey key = usable(ref, KeyState::mayProduce);
          if (!support(ref.algorithm()).takes(input)) {
            throw unsupported(ref, "does not sign this kind of message or digest");
          }
          Bytes signature = using(ref, () -> key.sign(input), FailureCode.REJECTED);
          return new RawSignature(
              signature, ref.algorithm().defaultEncoding(), ref.version(), Optional.empty());
        });
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    return guarded(
        call,
        () -> {
          requireWrapping(kek);
          if (dataKey.size() != DATA_KEY) {
            throw unsupported(kek, "wraps data keys of 32 bytes only");
          }
          LocalKey key = usable(kek, KeyState::mayProduce);
          return using(kek, () -> key.wrap(dataKey), FailureCode.REJECTED);
        });
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    return guarded(
        call,
        () -> {
          requireWrapping(kek);
          LocalKey key = usable(kek, KeyState::mayConsume);
          return using(kek, () -> key.unwrap(wrapped), FailureCode.CORRUPT);
        });
  }

  private static void requireWrapping(KeyVersionRef ref) throws BackendFailure {
    if (ref.algorithm().purpose() != KeyPurpose.WRAP) {
      throw unsupported(ref, "wraps no keys");
    }
  }

  private static BackendFailure unsupported(KeyVersionRef ref, String what) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "Key " + ref.name() + " is for " + ref.algorithm() + " and " + what + ". Use another key.");
  }

  private LocalKey usable(KeyVersionRef ref, Predicate<KeyState> allowed) throws BackendFailure {
    Manifest manifest = store.read(ref.name());
    VersionEntry version = StateRules.version(manifest, ref.version());
    requireAlgorithm(manifest, ref);
    requireStamp(manifest);
    if (!allowed.test(version.state())) {
      if (!version.state().mayConsume()) {
        privateKeys.forget(manifest, version);
      }
      throw StateRules.invalidState(
          manifest, version, "does not allow this. Use the active version.");
    }
    return privateKeys.get(manifest, version);
  }

  private static void requireAlgorithm(Manifest manifest, KeyVersionRef ref) throws BackendFailure {
    if (manifest.algorithm() != ref.algorithm()) {
      throw BackendFailure.permanent(
          FailureCode.REJECTED,
          "Key "
              + ref.name()
              + " is for "
              + manifest.algorithm()
              + ", not for "
              + ref.algorithm()
              + ". Load the key again.");
    }
  }

  private void requireStamp(Manifest manifest) throws BackendFailure {
    if (!environment.accepts(manifest.stamp())) {
      throw BackendFailure.permanent(
          FailureCode.STAMP_MISMATCH,
          "Key "
              + manifest.name()
              + " was made for environment "
              + manifest.stamp()
              + " and this one is "
              + environment
              + ". Create a key here.");
    }
  }

  /** One use of an unsealed key. */
  private interface KeyUse<T> {
    T run();
  }

  private static <T> T using(KeyVersionRef ref, KeyUse<T> use, FailureCode otherwise)
      throws BackendFailure {
    try {
      return use.run();
    } catch (EnclaveException e) {
      if (e.code() == dev.enclave.ErrorCode.CLOSED) {
        throw BackendFailure.permanent(
            FailureCode.INVALID_STATE,
            "Version "
                + ref.version()
                + " of key "
                + ref.name()
                + " has just been switched off. Use the active version.");
      }
      throw BackendFailure.permanent(otherwise, e.getMessage());
    } catch (IllegalStateException e) {
      throw BackendFailure.permanent(
          FailureCode.REJECTED, "The data key has been closed. Pass one that is open.");
    }
  }

  @Override
  public KeySnapshot prepare(RotateRequest request, CallContext call) throws BackendFailure {
    return guarded(
        call,
        () -> {
          Manifest before = store.read(request.name());
          if (before.preparedBy(request.operationId())) {
            return snapshot(before);
          }
          requireStamp(before);
          StateRules.requireRotatable(before, request);
          try (LocalKey key = LocalKey.generate(before.algorithm(), random)) {
            return locks.holdingKey(
                request.name(), call.deadline(), () -> snapshot(prepared(request, key)));
          }
        });
  }

  private Manifest prepared(RotateRequest request, LocalKey key) throws BackendFailure {
    Manifest manifest = store.read(request.name());
    if (manifest.preparedBy(request.operationId())) {
      return manifest;
    }
    StateRules.requireRotatable(manifest, request);
    return addVersion(manifest, KeyState.PENDING, request.operationId(), context.time().now(), key);
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    return guarded(
        call,
        () ->
            locks.holdingKey(
                request.name(), call.deadline(), () -> snapshot(activated(request, next))));
  }

  private Manifest activated(RotateRequest request, KeyVersionId next) throws BackendFailure {
    Manifest manifest = store.read(request.name());
    VersionEntry version = StateRules.version(manifest, next);
    if (version.activateOperation().equals(request.operationId())) {
      return manifest;
    }
    requireStamp(manifest);
    StateRules.requireRotatable(manifest, request);
    StateRules.requirePending(manifest, version);
    VersionEntry old = StateRules.version(manifest, request.expectedActive());
    Manifest changed =
        manifest.activated(old.id(), request.retiredState(), next, request.operationId());
    store.write(changed);
    if (!request.retiredState().mayConsume()) {
      privateKeys.forget(manifest, old);
    }
    return changed;
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    return guarded(
        call,
        () -> locks.holdingKey(ref.name(), call.deadline(), () -> snapshot(changed(ref, target))));
  }

  private Manifest changed(KeyVersionRef ref, KeyState target) throws BackendFailure {
    Manifest manifest = store.read(ref.name());
    VersionEntry version = StateRules.version(manifest, ref.version());
    StateRules.requireTransition(manifest, version, target);
    if (!target.mayConsume()) {
      privateKeys.forget(manifest, version);
    }
    if (target == KeyState.DESTROYED) {
      // First the file: whoever reads DESTROYED may rely on it.
      store.deletePrivateKey(manifest.name(), version);
    }
    if (version.state() == target) {
      return manifest;
    }
    Manifest changed = manifest.withState(version.id(), target);
    store.write(changed);
    return changed;
  }

  private KeySnapshot snapshot(Manifest manifest) {
    return manifest.toSnapshot(uri + "/" + layout.key(manifest.name()).getFileName());
  }

  /** What happens between opening and closing, before the deadline. */
  private interface Call<T> {
    T run() throws BackendFailure;
  }

  private <T> T guarded(CallContext call, Call<T> operation) throws BackendFailure {
    lifetime.readLock().lock();
    try {
      if (closed) {
        throw BackendFailure.permanent(
            FailureCode.CLOSED,
            "The software backend on " + layout.directory() + " has been closed. Open it again.");
      }
      if (call.remaining().isZero()) {
        throw BackendFailure.transientFailure(
            FailureCode.TIMEOUT, "The deadline has passed. Repeat the call with more time.");
      }
      return operation.run();
    } finally {
      lifetime.readLock().unlock();
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
      locks.close();
    } finally {
      lifetime.writeLock().unlock();
    }
  }
}

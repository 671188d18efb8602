package dev.enclave.software.internal.keys;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.LocalKey;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.records.KeyStore;
import dev.enclave.software.internal.sealing.Manifest;
import dev.enclave.software.internal.sealing.StateRules;
import dev.enclave.software.internal.sealing.VersionEntry;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Creates keys and changes their versions. Each change reads the manifest, checks, and writes it
 * under the key's lock; new keys are generated before the lock is taken, since RSA takes seconds.
 */
public final class KeyLifecycle {

  /** The engine gives a rotation half a minute; after this nobody comes back to activate. */
  private static final Duration LONGEST_ROTATION = Duration.ofHours(1);

  private final BackendContext context;
  private final EnvironmentType environment;
  private final KeyStore store;
  private final StoreLock locks;
  private final PrivateKeys privateKeys;

  public KeyLifecycle(
      BackendContext context, KeyStore store, StoreLock locks, PrivateKeys privateKeys) {
    this.context = context;
    this.environment = context.environment();
    this.store = store;
    this.locks = locks;
    this.privateKeys = privateKeys;
  }

  public Manifest create(CreateRequest request, CallContext call) throws BackendFailure {
    Optional<Manifest> existing = store.find(request.name());
    if (existing.isPresent() && !store.isCreating(request.name())) {
      return existing(existing.get(), request.operationId());
    }
    try (LocalKey key = LocalKey.generate(request.algorithm(), context.random())) {
      return locks.holdingKey(
          request.name(),
          call.deadline(),
          () -> {
            store.tidy(request.name());
            Optional<Manifest> meanwhile = store.find(request.name());
            if (meanwhile.isEmpty()) {
              return create(request, key);
            }
            store.settle(request.name());
            return existing(meanwhile.get(), request.operationId());
          });
    }
  }

  /** A key that is there: the one asked for, if this operation made it. */
  static Manifest existing(Manifest manifest, String operationId) throws BackendFailure {
    if (manifest.createOperation().equals(operationId)) {
      return manifest;
    }
    throw BackendFailure.permanent(
        FailureCode.ALREADY_EXISTS,
        "Key " + manifest.name() + " exists already. Use it, or choose another name.");
  }

  private Manifest create(CreateRequest request, LocalKey key) throws BackendFailure {
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
    return addVersion(empty, KeyState.ACTIVE, "", now, key);
  }

  private Manifest addVersion(
      Manifest manifest, KeyState state, String operationId, Instant now, LocalKey key)
      throws BackendFailure {
    KeyVersionId id = manifest.nextVersion();
    VersionEntry version =
        new VersionEntry(
            id,
            state,
            now,
            key.publicKey(),
            KeyOrigin.GENERATED,
            store.newPrivateKeyFile(id.value()),
            operationId,
            "");
    store.beginCreation(manifest.name(), List.of(version));
    store.writePrivateKey(manifest.name(), version, manifest.algorithm(), manifest.stamp(), key);
    Manifest changed = manifest.with(version);
    store.write(changed);
    return changed;
  }

  public VersionEntry prepare(RotateRequest request, CallContext call) throws BackendFailure {
    Manifest before = store.read(request.name());
    Optional<VersionEntry> earlier = before.preparedBy(request.operationId());
    if (earlier.isPresent()) {
      store.settle(request.name());
      return earlier.get();
    }
    StateRules.requireStamp(environment, before);
    StateRules.requireRotatable(before, request);
    try (LocalKey key = LocalKey.generate(before.algorithm(), context.random())) {
      return locks.holdingKey(request.name(), call.deadline(), () -> prepared(request, key));
    }
  }

  private VersionEntry prepared(RotateRequest request, LocalKey key) throws BackendFailure {
    store.tidy(request.name());
    Manifest manifest = store.read(request.name());
    Optional<VersionEntry> earlier = manifest.preparedBy(request.operationId());
    if (earlier.isPresent()) {
      store.settle(request.name());
      return earlier.get();
    }
    StateRules.requireRotatable(manifest, request);
    Instant now = context.time().now();
    Manifest changed =
        addVersion(
            withoutAbandoned(manifest, now), KeyState.PENDING, request.operationId(), now, key);
    return changed.versions().get(changed.versions().size() - 1);
  }

  /** With PENDING versions destroyed that no rotation can be under way to activate any more. */
  private static Manifest withoutAbandoned(Manifest manifest, Instant now) {
    Manifest cleared = manifest;
    for (VersionEntry version : manifest.versions()) {
      if (version.state() == KeyState.PENDING
          && version.createdAt().plus(LONGEST_ROTATION).isBefore(now)) {
        cleared = cleared.withState(version.id(), KeyState.DESTROYED);
      }
    }
    return cleared;
  }

  public Manifest activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    return locks.holdingKey(request.name(), call.deadline(), () -> activated(request, next));
  }

  private Manifest activated(RotateRequest request, KeyVersionId next) throws BackendFailure {
    store.tidy(request.name());
    Manifest manifest = store.read(request.name());
    VersionEntry version = StateRules.version(manifest, next);
    if (version.activateOperation().equals(request.operationId())) {
      store.settle(request.name());
      return manifest;
    }
    StateRules.requireStamp(environment, manifest);
    StateRules.requireRotatable(manifest, request);
    StateRules.requirePending(manifest, version);
    if (!store.hasPrivateKey(manifest.name(), version)) {
      throw PrivateKeys.missing(manifest, version);
    }
    VersionEntry old = StateRules.version(manifest, request.expectedActive());
    Manifest changed =
        manifest.activated(old.id(), request.retiredState(), next, request.operationId());
    store.write(changed);
    if (!request.retiredState().mayConsume()) {
      privateKeys.forget(manifest, old);
    }
    return changed;
  }

  public Manifest changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    return locks.holdingKey(name, call.deadline(), () -> changed(name, interval));
  }

  private Manifest changed(KeyName name, RotationInterval interval) throws BackendFailure {
    store.tidy(name);
    Manifest manifest = store.read(name);
    if (manifest.rotation().equals(interval)) {
      store.settle(name);
      return manifest;
    }
    Manifest changed = manifest.withRotation(interval);
    store.write(changed);
    return changed;
  }

  public Manifest changeState(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    return locks.holdingKey(ref.name(), call.deadline(), () -> changed(ref, target));
  }

  private Manifest changed(KeyVersionRef ref, KeyState target) throws BackendFailure {
    store.tidy(ref.name());
    Manifest manifest = store.read(ref.name());
    VersionEntry version = StateRules.version(manifest, ref.version());
    StateRules.requireTransition(manifest, version, target);
    Manifest changed = manifest;
    if (version.state() == target) {
      store.settle(manifest.name());
    } else {
      changed = manifest.withState(version.id(), target);
      store.write(changed);
    }
    if (!target.mayConsume()) {
      privateKeys.forget(manifest, version);
    }
    return changed;
  }
}

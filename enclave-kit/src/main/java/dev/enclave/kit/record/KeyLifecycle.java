package dev.enclave.kit.record;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.Wrapped;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.RestoreRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Creates keys, takes them in, and changes their versions. A change looks at the key as it was read
 * and says what is to be written, perhaps several times; what is new is generated once, before the
 * first attempt, since RSA takes seconds. Thread-safe.
 */
final class KeyLifecycle {

  /**
   * The engine gives a rotation half a minute. What is published for longer belongs to an operation
   * that is given up when another one prepares a version.
   */
  private static final Duration LONGEST_ROTATION = Duration.ofHours(1);

  private final BackendContext context;
  private final Refusals refusals;
  private final KeyRecords records;
  private final RecordKek kek;

  KeyLifecycle(BackendContext context, Refusals refusals, KeyRecords records, RecordKek kek) {
    this.context = context;
    this.refusals = refusals;
    this.records = records;
    this.kek = kek;
  }

  Manifest create(CreateRequest request, CallContext call) throws BackendFailure {
    Optional<Reading> existing = records.find(request.name(), call);
    if (existing.isPresent()) {
      return existing(existing.get(), request.operationId(), call);
    }
    try (LocalKey key = LocalKey.generate(request.algorithm(), context.random())) {
      Instant now = context.time().now();
      VersionEntry first = generated(KeyVersionId.of("1"), key, "", now).activatedBy("", now);
      Manifest manifest =
          new Manifest(
              request.name(),
              request.algorithm(),
              request.stamp(),
              request.rotation(),
              now,
              request.operationId(),
              1,
              List.of(first),
              Optional.empty());
      return created(manifest, Map.of(first.section(), key), call);
    }
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

  /** Writes a key's first record, unless there is one by now. */
  private Manifest created(Manifest manifest, Map<String, LocalKey> halves, CallContext call)
      throws BackendFailure {
    return records.create(manifest, halves, call)
        ? manifest
        : existing(records.read(manifest.name(), call), manifest.createOperation(), call);
  }

  /** A key that is there: the one asked for, if this operation made it. */
  private Manifest existing(Reading there, String operationId, CallContext call)
      throws BackendFailure {
    Manifest manifest = there.manifest();
    if (!manifest.createOperation().equals(operationId)) {
      throw refusals.alreadyExists(manifest.name());
    }
    records.settle(manifest.name(), call);
    return manifest;
  }

  Manifest restore(RestoreRequest request, CallContext call) throws BackendFailure {
    Optional<Reading> existing = records.find(request.name(), call);
    if (existing.isPresent()) {
      return existing(existing.get(), request.operationId(), call);
    }
    ExportedKey key = request.key();
    List<VersionEntry> versions = new ArrayList<>();
    Map<String, LocalKey> halves = new HashMap<>();
    try {
      for (Version version : key.versions()) {
        VersionEntry entry = imported(version);
        versions.add(entry);
        if (version.material().isPresent()) {
          halves.put(entry.section(), decoded(key.algorithm(), version, version.material().get()));
        }
      }
      Manifest manifest =
          new Manifest(
              request.name(),
              key.algorithm(),
              request.stamp(),
              key.rotation(),
              key.versions().get(0).createdAt(),
              request.operationId(),
              1,
              versions,
              Optional.empty());
      return created(manifest, halves, call);
    } finally {
      halves.values().forEach(LocalKey::close);
    }
  }

  private VersionEntry imported(Version version) {
    return VersionEntry.of(
        version.id(),
        version.state(),
        version.createdAt(),
        version.publicKey(),
        KeyOrigin.IMPORTED,
        "",
        context.random());
  }

  private LocalKey decoded(KeyAlgorithm algorithm, Version version, SecretBytes material)
      throws BackendFailure {
    LocalKey key;
    try {
      key = LocalKey.decode(algorithm, material, context.random());
    } catch (EnclaveException | IllegalStateException e) {
      throw BackendFailure.permanent(
          FailureCode.REJECTED,
          "Version %s is no private key for %s, or was closed.".formatted(version.id(), algorithm),
          "Read the backup again.");
    }
    if (!key.publicKey().equals(version.publicKey())) {
      key.close();
      throw refusals.notItsPublicKey(version.id(), "Nothing was written.");
    }
    return key;
  }

  VersionEntry prepare(RotateRequest request, CallContext call) throws BackendFailure {
    Manifest before = records.read(request.name(), call).manifest();
    Optional<VersionEntry> earlier = before.preparedBy(request.operationId());
    if (earlier.isPresent()) {
      records.settle(request.name(), call);
      return earlier.get();
    }
    requireRotatable(before, request);
    try (LocalKey key = LocalKey.generate(before.algorithm(), context.random())) {
      Map<String, LocalKey> added = new HashMap<>();
      Reading now =
          records.changeAnew(
              before, added, call, current -> prepared(request, current.manifest(), key, added));
      return now.manifest().preparedBy(request.operationId()).orElseThrow();
    }
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
      throw BackendFailure.permanent(
          FailureCode.REJECTED,
          "A rotation cannot leave the old version " + request.retiredState() + ".",
          "Use VERIFY_ONLY or DISABLED.");
    }
    if (manifest.active().filter(v -> v.id().equals(request.expectedActive())).isEmpty()) {
      throw refusals.conflict(manifest.name(), request.expectedActive());
    }
  }

  Optional<Manifest> activated(RotateRequest request, KeyVersionId id, Reading current)
      throws BackendFailure, SupersededException {
    VersionEntry next = current.manifest().require(id, refusals);
    return next.activateOperation().equals(request.operationId())
        ? Optional.empty()
        : replaced(request, next, KeyState.PENDING, current);
  }

  Optional<Manifest> reinstated(RotateRequest request, KeyVersionId id, Reading current)
      throws BackendFailure, SupersededException {
    VersionEntry next = current.manifest().require(id, refusals);
    return next.state() == KeyState.ACTIVE
        ? Optional.empty()
        : replaced(request, next, KeyState.VERIFY_ONLY, current);
  }

  /** With a version active that is in this state, in place of the one that a request expects. */
  private Optional<Manifest> replaced(
      RotateRequest request, VersionEntry next, KeyState from, Reading current)
      throws BackendFailure, SupersededException {
    Manifest manifest = current.manifest();
    requireRotatable(manifest, request);
    if (next.state() != from) {
      throw refusals.invalidState(manifest.name(), next.id(), next.state());
    }
    records.openPrivateKey(current, next).close();
    return Optional.of(manifest.activated(request, next.id(), context.time().now()));
  }

  Optional<Manifest> changed(Manifest manifest, KeyVersionId id, KeyState target)
      throws BackendFailure {
    VersionEntry version = manifest.require(id, refusals);
    if (version.state() == target) {
      return Optional.empty();
    }
    if (target == KeyState.PENDING) {
      throw BackendFailure.permanent(
          FailureCode.REJECTED,
          "No version can be put back to PENDING.",
          "Use ACTIVE, VERIFY_ONLY, DISABLED or DESTROYED.");
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

  /**
   * Seals a key anew; at once with others, once is enough.
   *
   * @param always also if it is sealed under the current key-encryption key
   */
  Reading resealed(KeyName name, boolean always, CallContext call) throws BackendFailure {
    Reading before = records.read(name, call);
    Wrapped old = before.key().wrapped();
    if (!always && kek.isCurrent(old)) {
      return before;
    }
    return records.changeAnew(
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

package dev.enclave.kit.record;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.LocalKey;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.kek.Wrapped;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Creates keys and changes their versions. Each change reads the record, checks, and replaces it if
 * it is still as it was read; what is new is generated once, before the first attempt, since RSA
 * takes seconds. Thread-safe.
 */
final class KeyLifecycle {

  /**
   * The engine gives a rotation half a minute. What is published for longer belongs to an operation
   * that is given up when another one prepares a version.
   */
  private static final Duration LONGEST_ROTATION = Duration.ofHours(1);

  private final BackendContext context;
  private final EnvironmentType environment;
  private final KeyRecords records;
  private final RecordKek kek;
  private final SectionNames sections;

  KeyLifecycle(BackendContext context, KeyRecords records, RecordKek kek) {
    this.context = context;
    this.environment = context.environment();
    this.records = records;
    this.kek = kek;
    this.sections = new SectionNames(context.random());
  }

  Manifest create(CreateRequest request, CallContext call) throws BackendFailure {
    Optional<Reading> existing = records.find(request.name(), call);
    if (existing.isPresent()) {
      return existing(records, existing.get().manifest(), request.operationId(), call);
    }
    try (LocalKey key = LocalKey.generate(request.algorithm(), context.random())) {
      Manifest manifest = firstManifest(request, key);
      Map<String, LocalKey> halves = Map.of(manifest.versions().get(0).section(), key);
      return created(records, manifest, halves, request.operationId(), call);
    }
  }

  private Manifest firstManifest(CreateRequest request, LocalKey key) {
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
            List.of(),
            Optional.empty());
    return empty.with(version(empty, KeyState.ACTIVE, "", now, key));
  }

  private VersionEntry version(
      Manifest manifest, KeyState state, String operationId, Instant now, LocalKey key) {
    KeyVersionId id = manifest.nextVersion();
    return new VersionEntry(
        id,
        state,
        now,
        state == KeyState.ACTIVE ? Optional.of(now) : Optional.empty(),
        Optional.empty(),
        key.publicKey(),
        KeyOrigin.GENERATED,
        sections.of(id),
        operationId,
        "");
  }

  /** Writes a key's first record, unless there is one by now. */
  static Manifest created(
      KeyRecords records,
      Manifest manifest,
      Map<String, LocalKey> halves,
      String operationId,
      CallContext call)
      throws BackendFailure {
    while (true) {
      try (FreshKey fresh = records.fresh(manifest, call)) {
        Optional<Reading> created = records.create(fresh.first(manifest, halves), call);
        if (created.isPresent()) {
          fresh.written(created.get());
          return manifest;
        }
        Manifest meanwhile = records.read(manifest.name(), call).manifest();
        return existing(records, meanwhile, operationId, call);
      } catch (SupersededException e) {
        throw new IllegalStateException("a fresh data key was closed", e);
      } catch (BackendFailure e) {
        requireResealed(e);
        records.requireTime(manifest.name(), call);
      }
    }
  }

  /**
   * Returns if nothing was written since the data key is not under the current key-encryption key
   * any more: then it is to be wrapped again.
   */
  private static void requireResealed(BackendFailure failure) throws BackendFailure {
    if (failure.failureClass() != FailureClass.TRANSIENT
        || failure.code() != FailureCode.CONFLICT) {
      throw failure;
    }
  }

  /** A key that is there: the one asked for, if this operation made it. */
  static Manifest existing(
      KeyRecords records, Manifest manifest, String operationId, CallContext call)
      throws BackendFailure {
    if (manifest.createOperation().equals(operationId)) {
      records.settle(manifest.name(), call);
      return manifest;
    }
    throw BackendFailure.permanent(
        FailureCode.ALREADY_EXISTS,
        "Key " + manifest.name() + " exists already.",
        "Use it, or choose another name.");
  }

  VersionEntry prepare(RotateRequest request, CallContext call) throws BackendFailure {
    Manifest before = records.read(request.name(), call).manifest();
    Optional<VersionEntry> earlier = before.preparedBy(request.operationId());
    if (earlier.isPresent()) {
      records.settle(request.name(), call);
      return earlier.get();
    }
    StateRules.requireStamp(environment, before);
    StateRules.requireRotatable(before, request);
    try (LocalKey key = LocalKey.generate(before.algorithm(), context.random())) {
      while (true) {
        try (FreshKey fresh = records.fresh(before, call)) {
          Reading now =
              records.change(
                  request.name(), call, current -> prepared(request, current, key, fresh));
          fresh.written(now);
          return now.manifest().preparedBy(request.operationId()).orElseThrow();
        } catch (BackendFailure e) {
          requireResealed(e);
          records.requireTime(request.name(), call);
        }
      }
    }
  }

  /** The version that this operation prepared before. */
  Optional<VersionEntry> prepared(RotateRequest request, CallContext call) throws BackendFailure {
    return records.read(request.name(), call).manifest().preparedBy(request.operationId());
  }

  private Optional<Draft> prepared(
      RotateRequest request, Reading current, LocalKey key, FreshKey fresh)
      throws BackendFailure, SupersededException {
    Manifest manifest = current.manifest();
    if (manifest.preparedBy(request.operationId()).isPresent()) {
      return Optional.empty();
    }
    StateRules.requireRotatable(manifest, request);
    StateRules.requireAlgorithm(manifest, key.algorithm());
    Instant now = context.time().now();
    Manifest cleared = withoutAbandoned(manifest, now);
    VersionEntry version = version(cleared, KeyState.PENDING, request.operationId(), now, key);
    return Optional.of(
        fresh.instead(current, cleared.with(version), Map.of(version.section(), key)));
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

  Manifest activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    return records
        .change(request.name(), call, current -> activated(request, next, current))
        .manifest();
  }

  private Optional<Draft> activated(RotateRequest request, KeyVersionId next, Reading current)
      throws BackendFailure, SupersededException {
    Manifest manifest = current.manifest();
    VersionEntry version = StateRules.version(manifest, next);
    if (version.activateOperation().equals(request.operationId())) {
      return Optional.empty();
    }
    StateRules.requireStamp(environment, manifest);
    StateRules.requireRotatable(manifest, request);
    StateRules.requirePending(manifest, version);
    return replaced(request, version, current);
  }

  Manifest reinstate(RotateRequest request, KeyVersionId version, CallContext call)
      throws BackendFailure {
    return records
        .change(request.name(), call, current -> reinstated(request, version, current))
        .manifest();
  }

  private Optional<Draft> reinstated(RotateRequest request, KeyVersionId id, Reading current)
      throws BackendFailure, SupersededException {
    Manifest manifest = current.manifest();
    VersionEntry version = StateRules.version(manifest, id);
    if (version.state() == KeyState.ACTIVE) {
      return Optional.empty();
    }
    StateRules.requireStamp(environment, manifest);
    StateRules.requireRotatable(manifest, request);
    if (version.state() != KeyState.VERIFY_ONLY) {
      throw StateRules.invalidState(manifest, version, "is not VERIFY_ONLY. Enable it before.");
    }
    return replaced(request, version, current);
  }

  /** With a version active in place of the one that a request expects, which is. */
  private Optional<Draft> replaced(RotateRequest request, VersionEntry next, Reading current)
      throws BackendFailure, SupersededException {
    Manifest manifest = current.manifest();
    records.openPrivateKey(current, next).close();
    VersionEntry old = StateRules.version(manifest, request.expectedActive());
    return Optional.of(
        records.draft(
            current,
            manifest.activated(
                old.id(),
                request.retiredState(),
                next.id(),
                request.operationId(),
                context.time().now())));
  }

  Manifest changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    return records.change(name, call, current -> changed(current, interval)).manifest();
  }

  private Optional<Draft> changed(Reading current, RotationInterval interval)
      throws SupersededException {
    Manifest manifest = current.manifest();
    return manifest.rotation().equals(interval)
        ? Optional.empty()
        : Optional.of(records.draft(current, manifest.withRotation(interval)));
  }

  Manifest recordMove(KeyVersionRef ref, KeyHandle to, CallContext call) throws BackendFailure {
    return records.change(ref.name(), call, current -> moved(current, ref, to)).manifest();
  }

  private Optional<Draft> moved(Reading current, KeyVersionRef ref, KeyHandle to)
      throws BackendFailure, SupersededException {
    Manifest manifest = current.manifest();
    StateRules.version(manifest, ref.version());
    return manifest.movedTo().equals(Optional.of(to))
        ? Optional.empty()
        : Optional.of(records.draft(current, manifest.withMovedTo(Optional.of(to))));
  }

  Manifest changeState(KeyVersionRef ref, KeyState target, CallContext call) throws BackendFailure {
    return records
        .change(ref.name(), call, current -> changed(current, ref.version(), target))
        .manifest();
  }

  private Optional<Draft> changed(Reading current, KeyVersionId id, KeyState target)
      throws BackendFailure, SupersededException {
    Manifest manifest = current.manifest();
    VersionEntry version = StateRules.version(manifest, id);
    StateRules.requireTransition(manifest, version, target);
    if (version.state() == target) {
      return Optional.empty();
    }
    Manifest changed =
        target == KeyState.ACTIVE
            ? manifest.enabled(id, context.time().now())
            : manifest.withState(id, target);
    return Optional.of(records.draft(current, changed));
  }

  /** Seals a key anew, unless it is sealed under the current key-encryption key. */
  void reseal(KeyName name, CallContext call) throws BackendFailure {
    Reading before = records.read(name, call);
    if (!kek.isCurrent(before.key().wrapped())) {
      resealed(before, call);
    }
  }

  /** Seals a key anew, whatever it is sealed under; at once with others, once is enough. */
  void rewrap(KeyName name, CallContext call) throws BackendFailure {
    resealed(records.read(name, call), call);
  }

  private void resealed(Reading before, CallContext call) throws BackendFailure {
    KeyName name = before.manifest().name();
    try (FreshKey fresh = records.fresh(before.manifest(), call)) {
      fresh.written(
          records.change(name, call, current -> resealed(current, before.key().wrapped(), fresh)));
    }
  }

  private Optional<Draft> resealed(Reading current, Wrapped before, FreshKey fresh)
      throws BackendFailure, SupersededException {
    Wrapped now = current.key().wrapped();
    return !now.equals(before) && kek.isCurrent(now)
        ? Optional.empty()
        : Optional.of(fresh.instead(current, current.manifest(), Map.of()));
  }
}

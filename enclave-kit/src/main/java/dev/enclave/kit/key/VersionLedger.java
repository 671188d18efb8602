package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.key.Decision.Standing;
import dev.enclave.kit.key.ParallelReads.Read;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.Winners.Change;
import dev.enclave.kit.key.Winners.Guard;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.OrphanCollector;
import dev.enclave.spi.backend.RestoreRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The versions of all keys at a service: a part of a {@link dev.enclave.kit.RemoteBackend} that
 * creates, lists, rotates, changes states and finds leftovers, by the contracts of the SPI.
 *
 * <p>Every change is checked against a reading, decided by one write, and followed by what the
 * decision demands of the service. What fails after the decision is AMBIGUOUS, and a repetition
 * goes on from there. Thread-safe.
 */
public final class VersionLedger
    implements KeyCreator, KeyLister, KeyRotator, KeyStateChanger, OrphanCollector {

  private final KeyService service;
  private final Refusals refusals;
  private final Winners<?> winners;
  private final AtomicReference<@Nullable Usable> lastToSign = new AtomicReference<>();

  private VersionLedger(KeyService service, Winners<?> winners) {
    this.service = service;
    this.refusals = service.refusals();
    this.winners = winners;
  }

  /** Over a service that records decisions. */
  public static VersionLedger of(RecordService service) {
    return new VersionLedger(service, new RecordedWinners(service));
  }

  /** Over a service that gives names to private keys. */
  public static VersionLedger of(AliasService service) {
    return new VersionLedger(service, new AliasWinners(service));
  }

  /** Over a service that shows everybody what all have written. */
  public static VersionLedger of(ElectionService service) {
    return new VersionLedger(service, new ElectedWinners(service));
  }

  /**
   * A version that signed, or could have, when it was read last.
   *
   * @param uri the service's own name of the version
   * @param algorithm its scheme
   */
  public record Usable(String uri, KeyAlgorithm algorithm) {}

  /**
   * The version that could sign when a key was read last: by it a backend finds out whether signing
   * would work, and whether this identity may. None before any was read.
   */
  public Optional<Usable> lastToSign() {
    return Optional.ofNullable(lastToSign.get());
  }

  /** The part that takes keys in. */
  public KeyImporter importer(KeyTaker taker) {
    return new KeyImporter() {
      @Override
      public ImportSupport importSupport() {
        return taker.support();
      }

      @Override
      public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
        LedgerKey key = winners.restore(Restoration.checked(service, request, taker), call);
        return BackendFailure.afterChange(
            Texts.RESTORED.with(request.name()), () -> snapshot(key, call));
      }
    };
  }

  /** The part that adopts keys which something else made. */
  public KeyAdopter adopter(ForeignKeys keys, TimeSource time) {
    return new Adopter(keys, this, time, new ConcurrentHashMap<>());
  }

  /** Reads a key; the contract is {@link dev.enclave.spi.backend.SigningBackend#load}. */
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    Optional<LedgerKey> key = winners.read(name, call);
    if (key.isEmpty()) {
      key = winners.removed(name, call);
    }
    return snapshot(winners.explained(whole(name, key), call), call);
  }

  private LedgerKey existing(KeyName name, CallContext call) throws BackendFailure {
    return whole(name, winners.read(name, call));
  }

  private LedgerKey whole(KeyName name, Optional<LedgerKey> read) throws BackendFailure {
    LedgerKey key = read.orElseThrow(() -> service.noKey(name));
    if (key.unfinished()) {
      throw service.unfinished(name);
    }
    return key;
  }

  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    KeyService.NamePage page = service.names(from, false, call);
    List<KeyName> names = new ArrayList<>();
    for (KeyName name : page.names().names()) {
      if (!page.doubtful().contains(name) || winners.isThere(name, call)) {
        names.add(name);
      }
    }
    return Names.of(names, page.names().next());
  }

  // Creation

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    service.requireOffered(request.algorithm());
    LedgerKey key = winners.create(KeyMetadata.of(request), call);
    if (!key.metadata().operationId().equals(request.operationId())) {
      if (!key.versions().isEmpty()
          && key.versions().stream().allMatch(v -> key.state(v) == KeyState.DESTROYED)) {
        throw refusals.allDestroyed(request.name(), service.whenFreed());
      }
      throw refusals.alreadyExists(request.name());
    }
    return BackendFailure.afterChange(
        Texts.CREATED.with(request.name()), () -> snapshot(key, call));
  }

  // Rotation

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    LedgerKey key = existing(request.name(), call);
    Guard active = now -> requireActive(request, now);
    ServiceKey next = winners.prepare(key, request, active, call);
    return version(key.with(next), next, call);
  }

  @Override
  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    LedgerKey key = existing(request.name(), call);
    Optional<ServiceKey> made = winners.prepared(key, request.operationId(), call);
    return made.isEmpty()
        ? Optional.empty()
        : Optional.of(version(key.with(made.get()), made.get(), call));
  }

  private void requireActive(RotateRequest request, LedgerKey key) throws BackendFailure {
    if (key.active().filter(v -> v.version().equals(request.expectedActive())).isEmpty()) {
      throw refusals.conflict(request.name(), request.expectedActive());
    }
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId nextId, CallContext call)
      throws BackendFailure {
    return replace(request, nextId, KeyState.PENDING, call);
  }

  @Override
  public KeySnapshot reinstate(RotateRequest request, KeyVersionId version, CallContext call)
      throws BackendFailure {
    return replace(request, version, KeyState.VERIFY_ONLY, call);
  }

  private KeySnapshot replace(
      RotateRequest request, KeyVersionId nextId, KeyState from, CallContext call)
      throws BackendFailure {
    KeyName name = request.name();
    LedgerKey key = whole(name, winners.read(name, nextId.value(), call));
    ServiceKey next = owned(key, nextId);
    boolean done =
        from == KeyState.PENDING
            ? key.used(next)
            : key.active().filter(v -> v.id().equals(next.id())).isPresent();
    if (!done) {
      Guard guard =
          now -> {
            requireActive(request, now);
            KeyState state = now.state(owned(now, nextId));
            if (state != from) {
              throw refusals.invalidState(name, nextId, state);
            }
          };
      Change change = new Change.Activate(next, request.retiredState(), request.operationId());
      LedgerKey after =
          winners
              .decide(key, change, guard, call)
              .orElseThrow(() -> refusals.conflict(name, request.expectedActive()));
      return finished(after, next, call);
    }
    if (!winners.activated(key, next, request.operationId(), call)) {
      throw refusals.conflict(name, request.expectedActive());
    }
    return key.decision().isActive(nextId.value())
        ? finished(key, next, call)
        : snapshot(key, call);
  }

  private ServiceKey owned(LedgerKey key, KeyVersionId id) throws BackendFailure {
    if (key.foreign().contains(id.value())) {
      throw refusals.noVersion(key.name(), id);
    }
    return winners.version(key, id);
  }

  /** What follows the decision; repeated as a whole if an answer is lost on the way. */
  private KeySnapshot finished(LedgerKey key, ServiceKey active, CallContext call)
      throws BackendFailure {
    return BackendFailure.afterChange(
        Texts.ACTIVITY_DECIDED.with(active.id(), key.name()),
        () -> {
          winners.finish(key, active, call);
          return snapshot(settled(key, call), call);
        });
  }

  /** Switches off what a decision said is to be off; who decided may not have come so far. */
  private LedgerKey settled(LedgerKey key, CallContext call) throws BackendFailure {
    LedgerKey settled = key;
    for (ServiceKey version : key.versions()) {
      if (version.material() == Material.ON
          && key.decision().standing(version.id()) == Standing.OFF) {
        settled = settled.with(switchedOff(settled, version, call));
      }
    }
    return settled;
  }

  /** Some services tell no public key of what is off: it is read before. */
  private ServiceKey switchedOff(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {
    version(key, version, call);
    return service.turn(version, false, call);
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    LedgerKey key = settled(existing(name, call), call);
    LedgerKey after = decided(key, new Change.Interval(interval), call);
    return BackendFailure.afterChange(
        Texts.INTERVAL_SET.with(name, interval), () -> snapshot(after, call));
  }

  private LedgerKey decided(LedgerKey key, Change change, CallContext call) throws BackendFailure {
    return winners.decide(key, change, now -> {}, call).orElseThrow();
  }

  // States

  @Override
  public KeySnapshot changeState(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    Optional<LedgerKey> read = winners.read(ref.name(), call);
    if (read.isEmpty()) {
      return changeRemoved(ref, target, call);
    }
    LedgerKey key = settled(whole(ref.name(), read), call);
    ServiceKey version = winners.version(key, ref.version());
    KeyState state = key.state(version);
    boolean again = target == KeyState.DESTROYED && winners.removesAgain(key, version);
    if (state == target && !again) {
      return snapshot(key, call);
    }
    if ((state == KeyState.DESTROYED && !again) || target == KeyState.PENDING) {
      throw refusals.invalidState(ref.name(), ref.version(), state);
    }
    LedgerKey changed =
        switch (target) {
          case DESTROYED -> {
            version(key, version, call);
            yield winners.remove(key, version, call);
          }
          case DISABLED -> key.with(switchedOff(key, version, call));
          case VERIFY_ONLY -> on(decided(key, new Change.Retire(version), call), version, call);
          default -> on(active(key, version, call), version, call);
        };
    return BackendFailure.afterChange(
        Texts.STATE_MADE.with(ref.version(), ref.name(), target),
        () -> {
          if (target == KeyState.ACTIVE) {
            winners.finish(changed, version, call);
          }
          return snapshot(changed, call);
        });
  }

  private KeySnapshot changeRemoved(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    boolean again = target == KeyState.DESTROYED && call.attempt() > 1;
    LedgerKey key =
        winners.removed(ref.name(), call).orElseThrow(() -> winners.absent(ref.name(), again));
    if (target != KeyState.DESTROYED) {
      throw refusals.invalidState(ref.name(), ref.version(), KeyState.DESTROYED);
    }
    return snapshot(key, call);
  }

  private LedgerKey active(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {
    if (key.decision().isActive(version.id()) && key.decision().movedTo().isEmpty()) {
      return key;
    }
    Guard guard =
        now -> {
          boolean another = now.active().filter(v -> !v.id().equals(version.id())).isPresent();
          if (another || now.foreign().contains(version.id())) {
            throw refusals.otherActive(now.name(), version.version());
          }
        };
    Change change = new Change.Activate(version, KeyState.VERIFY_ONLY, call.operationId());
    return winners
        .decide(key, change, guard, call)
        .orElseThrow(() -> refusals.otherActive(key.name(), version.version()));
  }

  private LedgerKey on(LedgerKey key, ServiceKey before, CallContext call) throws BackendFailure {
    ServiceKey version = key.version(before.id()).orElse(before);
    return version.material() != Material.OFF
        ? key
        : BackendFailure.afterChange(
            Texts.PURPOSE_DECIDED.with(version.id(), key.name()),
            () -> key.with(service.turn(version, true, call)));
  }

  @Override
  public Optional<KeySnapshot> recordMove(KeyVersionRef ref, KeyHandle to, CallContext call)
      throws BackendFailure {
    if (!winners.records(to)) {
      return Optional.empty();
    }
    LedgerKey key = settled(existing(ref.name(), call), call);
    ServiceKey version = winners.version(key, ref.version());
    LedgerKey after = decided(key, new Change.Move(version, to), call);
    return Optional.of(
        BackendFailure.afterChange(
            Texts.MOVE_RECORDED.with(ref.name()), () -> snapshot(after, call)));
  }

  // Leftovers

  @Override
  public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
    return winners.orphans(from, call);
  }

  @Override
  public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    return winners.discard(orphan, call);
  }

  // In the engine's words

  private KeySnapshot snapshot(LedgerKey key, CallContext call) throws BackendFailure {
    service.findings().read(key, service.tagPrefix(), call);
    service.noted(key, call);
    List<Read<Optional<KeyVersion>>> reads = new ArrayList<>();
    for (ServiceKey version : key.versions()) {
      reads.add(
          c ->
              !key.foreign().contains(version.id()) || service.fits(key, version, c)
                  ? Optional.of(version(key, version, c))
                  : Optional.empty());
    }
    List<KeyVersion> versions = new ArrayList<>();
    service.parallel().each(reads, call).forEach(read -> read.ifPresent(versions::add));
    KeyMetadata metadata = key.metadata();
    if (key.revision().equals(LedgerKey.NOT_FIRST)) {
      // Handles name the first public key: that of a later one would pass for another key's.
      versions.replaceAll(version -> version.withPublicKey(Optional.empty()));
    }
    if (versions.isEmpty()) {
      throw refusals.wrongAnswer(Texts.WITHOUT_VERSION.with(metadata.uri())).naming(metadata.uri());
    }
    Instant createdAt = metadata.createdAt();
    return KeySnapshot.of(key.name(), metadata.algorithm(), versions, metadata.uri())
        .withRotation(key.rotation())
        .withMovedTo(key.decision().movedTo())
        .withStamp(metadata.stamp())
        .withCreatedAt(createdAt.equals(Instant.EPOCH) ? versions.get(0).createdAt() : createdAt);
  }

  private KeyVersion version(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {
    boolean foreign = key.foreign().contains(version.id());
    return version(key.metadata().algorithm(), version, key.state(version), call)
        .withOrigin(foreign ? KeyOrigin.UNKNOWN : version.origin())
        .withActivatedAt(key.activatedAt(version));
  }

  private KeyVersion version(
      KeyAlgorithm algorithm, ServiceKey version, KeyState state, CallContext call)
      throws BackendFailure {
    if (state == KeyState.ACTIVE && algorithm.purpose() == KeyPurpose.SIGN) {
      lastToSign.set(new Usable(version.uri(), algorithm));
    }
    KeyVersion told = KeyVersion.of(version.version(), state, version.createdAt(), version.uri());
    try {
      told = told.withPublicKey(service.publicKey(version, algorithm, call));
    } catch (BackendFailure e) {
      // A version whose public key is none must still be shown, switched off and destroyed.
      if (e.code() != FailureCode.CORRUPT) {
        throw e;
      }
      told = told.withPublicKeyFault(String.valueOf(e.getMessage()));
    }
    return told.withAssurance(service.assurance(version, call)).withOrigin(version.origin());
  }

  /** A private key by itself: active while the service has it on and nothing says else. */
  KeySnapshot adopted(
      KeyName name, KeyAlgorithm algorithm, ServiceKey key, StampReading stamp, CallContext call)
      throws BackendFailure {
    KeyState state = winners.adopted(key).state(key.material());
    return KeySnapshot.of(name, algorithm, List.of(version(algorithm, key, state, call)), key.uri())
        .withStamp(stamp)
        .withCreatedAt(key.createdAt());
  }
}

package dev.enclave.kit.key;

import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.key.Decision.Standing;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendFailure.Step;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.OrphanCollector.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who wins at one kind of service: reads keys, enters versions, decides, and finds what interrupted
 * attempts left behind: versions that were prepared and never activated, and private keys that are
 * no versions at all. What is off is kept if it was prepared: somebody has looked at it. Of two
 * rotations {@link RecordedWinners} decides at Google Cloud KMS, {@link AliasWinners} at AWS KMS
 * and {@link ElectedWinners} at Azure Key Vault. Thread-safe.
 *
 * @param <S> the kind of service
 */
abstract class Winners<S extends KeyService> {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  final S service;
  final Refusals refusals;

  Winners(S service) {
    this.service = service;
    this.refusals = service.refusals();
  }

  /** What is to be decided about a key. */
  sealed interface Change {

    /** A version is active, and the one before is {@code left}. */
    record Activate(ServiceKey version, KeyState left, String operationId) implements Change {}

    /** A version verifies only. */
    record Retire(ServiceKey version) implements Change {}

    /** The key is due for rotation that often. */
    record Interval(RotationInterval interval) implements Change {}

    /** The key was migrated to that place, which a version says. */
    record Move(ServiceKey version, KeyHandle to) implements Change {}
  }

  /** The decision by which a change is made. */
  static Decision next(Change change, LedgerKey key, CallContext call) {
    Decision last = key.decision();
    String operationId = call.operationId();
    if (change instanceof Change.Activate activate) {
      return last.activating(
          activate.version().id(), activate.left(), activate.operationId(), call.time().now());
    }
    if (change instanceof Change.Retire retire) {
      return last.retiring(retire.version().id(), operationId);
    }
    if (change instanceof Change.Move move) {
      return last.withMovedTo(move.to(), operationId);
    }
    RotationInterval interval = ((Change.Interval) change).interval();
    return key.rotation().equals(interval)
        ? last.unchanged(operationId)
        : last.withRotation(interval, operationId);
  }

  /** Whether a change may be decided, of the key as it is then. */
  @FunctionalInterface
  interface Guard {
    void check(LedgerKey key) throws BackendFailure;
  }

  /** The key as everybody reads it, also one whose restoration was not finished. */
  abstract Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure;

  /** Whether there is a key, and not only the beginning of a restoration. */
  boolean isThere(KeyName name, CallContext call) throws BackendFailure {
    return read(name, call).filter(key -> !key.unfinished()).isPresent();
  }

  /** The key, where a version has to be seen that may have been made just now. */
  Optional<LedgerKey> read(KeyName name, String version, CallContext call) throws BackendFailure {
    return read(name, call);
  }

  final ServiceKey version(LedgerKey key, KeyVersionId id) throws BackendFailure {
    return key.version(id.value()).orElseThrow(() -> refusals.noVersion(key.name(), id));
  }

  /** The key by its last decision, also where that may be hidden. */
  LedgerKey explained(LedgerKey key, CallContext call) throws BackendFailure {
    return key;
  }

  /**
   * Makes a key, unless one of the name is there.
   *
   * @return the key that has the name, whoever made it
   */
  abstract LedgerKey create(KeyMetadata wanted, CallContext call) throws BackendFailure;

  /** The version that an operation prepared. */
  abstract Optional<ServiceKey> prepared(LedgerKey key, String operationId, CallContext call)
      throws BackendFailure;

  /**
   * Makes a version for an operation, unless it has.
   *
   * @param guard that the version to be replaced is active
   */
  abstract ServiceKey prepare(LedgerKey key, RotateRequest request, Guard guard, CallContext call)
      throws BackendFailure;

  /**
   * Whether an operation may go on with a version that is or was active: it decided that, as far as
   * the service can tell.
   */
  boolean activated(LedgerKey key, ServiceKey version, String operationId, CallContext call)
      throws BackendFailure {
    return true;
  }

  /**
   * Decides, if nobody else has. A version that is to verify or sign may be switched on by the same
   * request.
   *
   * @param guard checked before every attempt
   * @return the key afterwards; nothing if another decision came first, and this one cannot follow
   */
  abstract Optional<LedgerKey> decide(LedgerKey key, Change change, Guard guard, CallContext call)
      throws BackendFailure;

  /** What is to be done once a version is active, also if somebody did it before. */
  void finish(LedgerKey key, ServiceKey active, CallContext call) throws BackendFailure {}

  /** Destroys a version, and the key with the last one where the service can do it only so. */
  abstract LedgerKey remove(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure;

  /** Whether a version that is destroyed already is to be removed once more. */
  boolean removesAgain(LedgerKey key, ServiceKey version) {
    return false;
  }

  /** What is left to see of a key that is deleted. */
  Optional<LedgerKey> removed(KeyName name, CallContext call) throws BackendFailure {
    return Optional.empty();
  }

  /**
   * Says that there is no such key, and nothing left to see of one.
   *
   * @param destroyed whether an earlier attempt may have destroyed it just now
   */
  BackendFailure absent(KeyName name, boolean destroyed) {
    return service.noKey(name);
  }

  /** What is decided about a private key by itself that a name from elsewhere adopts. */
  Standing adopted(ServiceKey key) {
    return Standing.ACTIVE;
  }

  /** Whether there is a place for the handle of the key's successor. */
  boolean records(KeyHandle movedTo) {
    return true;
  }

  /** Takes a key in: the key of the name, whoever restored it. */
  abstract LedgerKey restore(Restoration restoration, CallContext call) throws BackendFailure;

  // Leftovers

  /** The key for who has waited until everybody's writes can be seen. */
  Optional<LedgerKey> readSettled(KeyName name, CallContext call) throws BackendFailure {
    return read(name, call);
  }

  /** After how long everybody's writes can be seen. */
  abstract Duration settling();

  /** Whether what is no version is still to be discarded. */
  boolean isLeft(ServiceKey lost) {
    return lost.material() == Material.ON;
  }

  /** Whether somebody activated a version since, or has begun to. */
  abstract boolean isWanted(LedgerKey now, ServiceKey still, ServiceKey before, CallContext call);

  /** Destroys a version that nobody wants, as far as the service can. */
  void end(LedgerKey key, ServiceKey version, CallContext call) throws BackendFailure {
    remove(key, version, call);
  }

  /** A page of what was left behind; as it lies under the names of keys. */
  Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
    KeyService.NamePage page = service.names(from, true, call);
    List<Orphan> orphans = new ArrayList<>();
    for (KeyName name : page.names().names()) {
      Optional<LedgerKey> key = readable(name, call);
      key.stream()
          .flatMap(Winners::all)
          .filter(version -> isOrphan(key.orElseThrow(), version, call))
          .map(version -> Orphan.of(version.uri(), name, version.createdAt()))
          .forEach(orphans::add);
    }
    return Page.of(orphans, page.names().next());
  }

  private static Stream<ServiceKey> all(LedgerKey key) {
    return Stream.concat(key.versions().stream(), key.leftOver().stream());
  }

  /** What somebody mangled hides the orphans of its own key alone. */
  final Optional<LedgerKey> readable(KeyName name, CallContext call) throws BackendFailure {
    try {
      return readSettled(name, call);
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.CORRUPT) {
        throw e;
      }
      service.findings().passedOver(name, e);
      return Optional.empty();
    }
  }

  /**
   * Whether a version could sign and was never active, since a rotation was cut short, or is none
   * at all, and nobody can be at it any more.
   */
  final boolean isOrphan(LedgerKey key, ServiceKey version, CallContext call) {
    boolean unused =
        key.leftOver().contains(version)
            ? isLeft(version)
            : key.state(version) == KeyState.PENDING
                && version.material() == Material.ON
                && !key.decision().restored().contains(version.id())
                && !key.foreign().contains(version.id());
    return unused && KeyService.isOld(version.changedAt(), call);
  }

  /** Destroys what was left behind, unless somebody wants it. */
  boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    Optional<LedgerKey> key = readSettled(orphan.meantFor(), call);
    Optional<ServiceKey> found =
        key.stream()
            .flatMap(Winners::all)
            .filter(v -> v.uri().equals(orphan.providerUri()) && v.material() != Material.GONE)
            .findFirst();
    if (found.isEmpty()) {
      return true;
    }
    ServiceKey version = found.get();
    boolean done =
        key.get().leftOver().contains(version)
            && version.material() == Material.OFF
            && !isLeft(version);
    return done || (isOrphan(key.get(), version, call) && discard(key.get(), version, call));
  }

  /**
   * Discards a version that is on and was never active, beside processes that may go on with what
   * made it. What is off nobody activates, so it is switched off first; an activation that had
   * begun is seen by the second look, and the version is switched on again.
   *
   * @return whether it is gone or on its way; false if it turned out to be wanted
   */
  boolean discard(LedgerKey key, ServiceKey version, CallContext call) throws BackendFailure {
    KeyName name = key.name();
    service.turn(version, false, call);
    return BackendFailure.afterChange(
        Texts.SWITCHED_OFF.with(version.id(), name),
        () -> {
          Pending.settle(settling(), "see whether it was activated meanwhile", call);
          Optional<LedgerKey> now = readSettled(name, call);
          Optional<ServiceKey> still =
              now.stream()
                  .flatMap(Winners::all)
                  .filter(v -> v.id().equals(version.id()) && v.material() != Material.GONE)
                  .findFirst();
          if (still.isEmpty()) {
            return true;
          }
          boolean keep = isWanted(now.get(), still.get(), version, call);
          if (keep) {
            service.turn(still.get(), true, call);
          } else {
            end(now.get(), still.get(), call);
          }
          return !keep;
        });
  }

  /**
   * Gives up what lost a race, where the operation is over all the same. If that fails it is an
   * orphan, which can be found.
   *
   * @param what was made, as messages name it, with a capital
   */
  static void giveUp(String what, Step<?> discard) {
    try {
      discard.run();
    } catch (BackendFailure e) {
      LOG.log(System.Logger.Level.WARNING, Texts.LOST_A_RACE.with(what, e.getMessage()));
    }
  }
}

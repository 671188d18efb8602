package dev.enclave.kit.key;

import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.kit.key.VersionRule.Standing;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.OrphanCollector.Page;
import java.util.Optional;

/** Who wins at one kind of service: reads keys, enters versions, and decides. Thread-safe. */
interface Decisions {

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
  Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure;

  /** Whether there is a key, and not only the beginning of a restoration. */
  default boolean isThere(KeyName name, CallContext call) throws BackendFailure {
    return read(name, call).filter(key -> !key.unfinished()).isPresent();
  }

  /** The key, where a version has to be seen that may have been made just now. */
  default Optional<LedgerKey> read(KeyName name, String version, CallContext call)
      throws BackendFailure {
    return read(name, call);
  }

  /** The key by its last decision, also where that may be hidden. */
  default LedgerKey explained(LedgerKey key, CallContext call) throws BackendFailure {
    return key;
  }

  /**
   * Makes a key, unless one of the name is there.
   *
   * @return the key that has the name, whoever made it
   */
  LedgerKey create(KeyMetadata wanted, CallContext call) throws BackendFailure;

  /** The version that an operation prepared. */
  Optional<ServiceKey> prepared(LedgerKey key, String operationId, CallContext call)
      throws BackendFailure;

  /**
   * Makes a version for an operation, unless it has.
   *
   * @param guard that the version to be replaced is active
   */
  ServiceKey prepare(LedgerKey key, RotateRequest request, Guard guard, CallContext call)
      throws BackendFailure;

  /**
   * Whether an operation may go on with a version that is or was active: it decided that, as far as
   * the service can tell.
   */
  default boolean activated(LedgerKey key, ServiceKey version, String operationId, CallContext call)
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
  Optional<LedgerKey> decide(LedgerKey key, Change change, Guard guard, CallContext call)
      throws BackendFailure;

  /** What is to be done once a version is active, also if somebody did it before. */
  default void finish(LedgerKey key, ServiceKey active, CallContext call) throws BackendFailure {}

  /** Destroys a version, and the key with the last one where the service can do it only so. */
  LedgerKey remove(LedgerKey key, ServiceKey version, CallContext call) throws BackendFailure;

  /** Whether a version that is destroyed already is to be removed once more. */
  default boolean removesAgain(LedgerKey key, ServiceKey version) {
    return false;
  }

  /** What is left to see of a key that is deleted. */
  default Optional<LedgerKey> removed(KeyName name, CallContext call) throws BackendFailure {
    return Optional.empty();
  }

  /**
   * Says that there is no such key, and nothing left to see of one.
   *
   * @param destroyed whether an earlier attempt may have destroyed it just now
   */
  BackendFailure absent(KeyName name, boolean destroyed);

  /** What is decided about a private key by itself that a name from elsewhere adopts. */
  default Standing adopted(ServiceKey key) {
    return Standing.ACTIVE;
  }

  /** Whether there is a place for the handle of the key's successor. */
  default boolean records(KeyHandle movedTo) {
    return true;
  }

  /** Looks through a part of all keys for what was left behind. */
  Page orphans(Optional<String> from, CallContext call) throws BackendFailure;

  /** Destroys what was left behind, unless somebody wants it. */
  boolean discard(Orphan orphan, CallContext call) throws BackendFailure;

  /** Takes a key in: the key of the name, whoever restored it. */
  LedgerKey restore(Restoration restoration, CallContext call) throws BackendFailure;
}

package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyInfo;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.admin.RotationReason;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The first act of a rotation by itself: the version that is to replace the active one is made, and
 * stays PENDING until the rotation goes on. Repeatable by every replica.
 */
public record PublishOperation()
    implements KeyOperation<PublishOperation.Prepared, PublishOperation.Published> {

  /**
   * A version that may be made.
   *
   * @param entry the reading it is based on
   * @param rotator the backend
   * @param operationId of the rotation
   */
  public record Prepared(KeyReading entry, KeyRotator rotator, String operationId) {}

  /**
   * What was published.
   *
   * @param key the key afterwards
   * @param next the version, in state PENDING
   */
  public record Published(KeyInfo key, KeyVersion next) {}

  @Override
  public Operation kind() {
    return Operation.PUBLISH;
  }

  @Override
  public Prepared prepare(OperationRun run) {
    KeyReading entry = run.slot().fresh(run.trace(), run.deadline()).requireUsable();
    entry.requireOurs();
    requirePublic(run.slot(), entry);
    KeyRotator rotator = run.backend().capability(KeyRotator.class, "rotate keys");
    run.version(entry.requireActive().id());
    return new Prepared(entry, rotator, RotationId.of(entry.info(run.shared().life())));
  }

  private static void requirePublic(CachedKey slot, KeyReading entry) {
    if (entry.snapshot().algorithm().purpose() != KeyPurpose.SIGN) {
      throw new UsageException(
          ErrorCode.UNSUPPORTED_OPERATION,
          "Key "
              + slot.name()
              + " is a wrapping key and has no public key to publish. Rotate it: nothing has to"
              + " know of the new version before.");
    }
  }

  @Override
  public Published carryOut(Prepared prepared, OperationRun run) {
    Published published = run.slot().inTurn(run.deadline(), () -> publish(prepared, run));
    run.details(Map.of("next", published.next().id().value(), "rotation", prepared.operationId()));
    return published;
  }

  private static Published publish(Prepared prepared, OperationRun run) {
    CachedKey slot = run.slot();
    KeyVersion active = prepared.entry().requireActive();
    RotateRequest step =
        RotateRequest.of(
            slot.name(),
            active.id(),
            prepared.operationId(),
            RotationReason.SCHEDULED.retiredState());
    KeyVersion next =
        RotateOperation.change(
            run,
            active.id(),
            "prepare a new version of key " + slot.name(),
            slot.settling(),
            call -> prepared.rotator().prepare(step, call));
    RotateOperation.requireNotGivenUp(slot, next, prepared.operationId());
    if (next.state() != KeyState.PENDING) {
      throw RotateOperation.conflict(slot, active.id(), Optional.of(next.id()));
    }
    RotateOperation.requireNew(slot, active, next, false);
    try {
      run.shared().keyPolicy().requireVersion(slot.backend().id(), slot.name(), next);
      KeyReading.requirePublicKey(slot.name(), next);
      requireGenerated(slot, next);
    } catch (PolicyException e) {
      RotateOperation.abandon(prepared.entry(), next, run);
      throw e;
    }
    KeyReading entry = slot.fresh(run.trace(), run.deadline());
    if (entry.snapshot().version(next.id()).isEmpty()) {
      // Reads may not show it yet.
      entry = slot.written(with(entry.snapshot(), next));
    }
    return new Published(entry.info(run.shared().life()), next);
  }

  /** Nothing else is published: anybody may have the private key of what came from elsewhere. */
  private static void requireGenerated(CachedKey slot, KeyVersion next) {
    if (next.origin() != KeyOrigin.GENERATED) {
      throw new PolicyException(
          ErrorCode.ORIGIN_NOT_ALLOWED,
          "Version "
              + next.id()
              + " of key "
              + slot.name()
              + " has origin "
              + next.origin()
              + ", and only a version that its backend says it generated is published ahead. Rotate"
              + " the key without enclave.rotation.publish-ahead.");
    }
  }

  private static KeySnapshot with(KeySnapshot key, KeyVersion next) {
    return key.withVersions(Stream.concat(key.versions().stream(), Stream.of(next)).toList());
  }
}

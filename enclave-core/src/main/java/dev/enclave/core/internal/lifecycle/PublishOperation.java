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
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
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
public final class PublishOperation {

  private PublishOperation() {}

  /**
   * What was published.
   *
   * @param next the version, in state PENDING
   */
  public record Published(KeyInfo key, KeyVersion next) {}

  /** Makes the version, or finds it made. */
  public static KeyOperation<?, Published> publishing() {
    return KeyOperation.of(
        Operation.PUBLISH,
        run -> {
          KeyReading entry = run.ours();
          requirePublic(run.slot(), entry);
          rotator(run);
          run.version(entry.requireActive().id());
          return entry;
        },
        (entry, run) -> run.slot().inTurn(run.deadline(), () -> publish(entry, run)));
  }

  private static KeyRotator rotator(OperationRun run) {
    return run.backend().capability(KeyRotator.class, "rotate keys");
  }

  private static void requirePublic(CachedKey slot, KeyReading entry) {
    if (entry.snapshot().algorithm().purpose() != KeyPurpose.SIGN) {
      throw Texts.WRAPPING_KEY_NOT_PUBLISHED.as(ErrorCode.UNSUPPORTED_OPERATION, slot.name());
    }
  }

  private static Published publish(KeyReading before, OperationRun run) {
    CachedKey slot = run.slot();
    KeyRotator rotator = rotator(run);
    KeyVersion active = before.requireActive();
    String operationId = RotationId.of(before.info(run.rules().life()));
    RotateRequest step =
        RotateRequest.of(
            slot.name(), active.id(), operationId, RotationReason.SCHEDULED.retiredState());
    KeyVersion next =
        RotateOperation.change(
            run,
            active.id(),
            "prepare a new version of key " + slot.name(),
            slot.settling(),
            call -> rotator.prepare(step, call));
    RotateOperation.requireNotGivenUp(slot, next, operationId);
    if (next.state() != KeyState.PENDING) {
      throw RotateOperation.conflict(slot, active.id(), Optional.of(next.id()));
    }
    RotateOperation.requireNew(slot, active, next, false);
    try {
      run.rules().keyPolicy().requireVersion(slot.backend().id(), slot.name(), next);
      KeyReading.requirePublicKey(slot.name(), next);
      requireGenerated(slot, next);
    } catch (PolicyException e) {
      RotateOperation.abandon(before, next, run);
      throw e;
    }
    KeyReading entry = slot.fresh(run.trace(), run.deadline());
    if (entry.snapshot().version(next.id()).isEmpty()) {
      // Reads may not show it yet.
      entry = slot.written(with(entry.snapshot(), next));
    }
    run.details(Map.of("next", next.id().value(), "rotation", operationId));
    return new Published(entry.info(run.rules().life()), next);
  }

  /** Nothing else is published: anybody may have the private key of what came from elsewhere. */
  private static void requireGenerated(CachedKey slot, KeyVersion next) {
    if (next.origin() != KeyOrigin.GENERATED) {
      throw Texts.ORIGIN_NOT_PUBLISHED.as(
          ErrorCode.ORIGIN_NOT_ALLOWED, next.id(), slot.name(), next.origin());
    }
  }

  private static KeySnapshot with(KeySnapshot key, KeyVersion next) {
    return key.withVersions(Stream.concat(key.versions().stream(), Stream.of(next)).toList());
  }
}

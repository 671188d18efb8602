package dev.enclave.core.internal.migration;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyIdentity;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.lifecycle.RotateOperation;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.ReinstatementProposal;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A version that only verifies signs again, and the one that was active verifies.
 *
 * @param proposal what is to be done, with its signatures
 */
public record ReinstateOperation(ReinstatementProposal proposal)
    implements KeyOperation<KeyRotator, KeyInfo> {

  /** Says what would be done; reads the key and changes nothing. */
  public static ReinstatementProposal plan(KeyVersionId id, OperationRun run) {
    return run.read(
        Operation.LOOK_UP,
        RetryingCaller.CHANGE_WITHIN,
        reading -> {
          KeyReading entry = usable(reading);
          KeyVersion version = requireWaiting(entry, id);
          KeyVersion active = entry.requireActive();
          Instant now = reading.time().now();
          return new ReinstatementProposal(
              reading.rules().policy().environment(),
              entry.handle(),
              id,
              version
                  .publicKey()
                  .orElseThrow(
                      () ->
                          Texts.NO_PUBLIC_KEY_TO_APPROVE.as(
                              ErrorCode.UNSUPPORTED_OPERATION,
                              entry.handle().backend(),
                              id,
                              entry.snapshot().name())),
              active.id(),
              active.activatedAt(),
              now,
              now.plus(reading.rules().migration().validity()),
              Optional.empty(),
              List.of());
        });
  }

  @Override
  public Operation kind() {
    return Operation.REINSTATE;
  }

  @Override
  public KeyRotator prepare(OperationRun run) {
    Approvals.require(proposal, proposal.environment(), run);
    KeyReading entry = usable(run);
    if (!KeyIdentity.same(entry.handle(), proposal.key())) {
      throw Texts.PLAN_ON_OTHER_KEY.as(
          ErrorCode.MIGRATION_PLAN_OUTDATED, proposal.key(), entry.handle());
    }
    KeyVersion version = requireWaiting(entry, proposal.version());
    run.version(version.id());
    if (!version.publicKey().equals(Optional.of(proposal.publicKey()))) {
      throw Texts.PLAN_NAMES_OTHER_PUBLIC_KEY.as(
          ErrorCode.MIGRATION_PLAN_CHANGED, version.id(), proposal.key());
    }
    KeyVersion active = entry.requireActive();
    if (!active.id().equals(proposal.active())
        || !active.activatedAt().equals(proposal.activeSince())) {
      throw Texts.OTHER_VERSION_ACTIVE.as(
          ErrorCode.MIGRATION_PLAN_OUTDATED,
          active.id(),
          active.activatedAt().map(at -> Texts.SINCE.with(at)).orElse(""),
          proposal.active(),
          proposal.activeSince().map(at -> Texts.ACTIVE_SINCE.with(at)).orElse(""));
    }
    run.rules().keyPolicy().requireVersion(run.backend().id(), run.slot().name(), version);
    return run.backend().capability(KeyRotator.class, "make an older version sign again");
  }

  private static KeyReading usable(OperationRun run) {
    KeyReading entry = run.ours();
    KeyName name = entry.snapshot().name();
    if (entry.snapshot().algorithm().purpose() != KeyPurpose.SIGN) {
      throw Texts.WRAPPING_KEY_NOT_REINSTATED.as(ErrorCode.WRONG_PURPOSE, name);
    }
    entry
        .info(run.rules().life())
        .nextRotationAt()
        .ifPresent(
            due -> {
              throw Texts.ROTATED_BY_TIME.as(ErrorCode.UNSUPPORTED_OPERATION, name, due);
            });
    return entry;
  }

  private static KeyVersion requireWaiting(KeyReading entry, KeyVersionId id) {
    KeyVersion version = entry.requireVersion(id);
    if (version.state() == KeyState.ACTIVE) {
      throw Texts.REINSTATED_ALREADY.as(ErrorCode.APPROVAL_USED, id, entry.snapshot().name());
    }
    if (version.state() != KeyState.VERIFY_ONLY) {
      throw (version.state() == KeyState.DISABLED
              ? Texts.DISABLED_NOT_REINSTATED
              : Texts.VERSION_NOT_REINSTATED)
          .as(ErrorCode.KEY_NOT_ACTIVE, id, entry.snapshot().name(), version.state());
    }
    return version;
  }

  @Override
  public KeyInfo carryOut(KeyRotator rotator, OperationRun run) {
    CachedKey slot = run.slot();
    KeyReading entry = slot.inTurn(run.deadline(), () -> slot.written(reinstated(rotator, run)));
    KeyVersionId active = entry.requireActive().id();
    if (!active.equals(proposal.version())) {
      throw Texts.REINSTATED_OTHERWISE.as(
          ErrorCode.WRONG_ANSWER, slot.backend().id(), proposal.version(), slot.name(), active);
    }
    entry.requireRetired(proposal.active(), KeyState.VERIFY_ONLY);
    run.details(details());
    return entry.info(run.rules().life());
  }

  private KeySnapshot reinstated(KeyRotator rotator, OperationRun run) {
    KeyName name = run.slot().name();
    RotateRequest step =
        RotateRequest.of(name, proposal.active(), run.trace().operationId(), KeyState.VERIFY_ONLY);
    return RotateOperation.change(
        run,
        proposal.active(),
        "make version " + proposal.version() + " of key " + name + " active again",
        run.slot().settling(),
        call -> rotator.reinstate(step, proposal.version(), call));
  }

  private Map<String, String> details() {
    Map<String, String> details = new TreeMap<>();
    details.put("from", KeyState.VERIFY_ONLY.name());
    details.put("to", KeyState.ACTIVE.name());
    details.put("replaced", proposal.active().value());
    details.put("plan", proposal.hash());
    Approvals.name(proposal, details);
    return details;
  }
}

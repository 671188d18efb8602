package dev.enclave.core.internal.migration;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyIdentity;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.lifecycle.RotateOperation;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
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
        SharedParts.CHANGE_WITHIN,
        reading -> {
          SharedParts shared = reading.shared();
          KeyReading entry = usable(reading);
          KeyVersion version = requireWaiting(entry, id);
          KeyVersion active = entry.requireActive();
          Instant now = shared.time().now();
          return new ReinstatementProposal(
              shared.policy().environment(),
              entry.handle(),
              id,
              version.publicKey().orElseThrow(() -> unknown(entry, id)),
              active.id(),
              active.activatedAt(),
              now,
              now.plus(shared.migration().validity()),
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
    Approvals.require(proposal, proposal.environment(), run.shared());
    KeyReading entry = usable(run);
    if (!KeyIdentity.same(entry.handle(), proposal.key())) {
      throw outdated("the plan is on key " + proposal.key() + " and this is " + entry.handle());
    }
    KeyVersion version = requireWaiting(entry, proposal.version());
    run.version(version.id());
    if (!version.publicKey().equals(Optional.of(proposal.publicKey()))) {
      throw new IntegrityException(
          ErrorCode.MIGRATION_PLAN_CHANGED,
          "Version "
              + version.id()
              + " of key "
              + proposal.key()
              + " has another public key than the plan names. Nothing was changed. Find out which"
              + " of the two is right.");
    }
    KeyVersion active = entry.requireActive();
    if (!active.id().equals(proposal.active())
        || !active.activatedAt().equals(proposal.activeSince())) {
      throw outdated(
          "version "
              + active.id()
              + " is active"
              + active.activatedAt().map(at -> " since " + at).orElse("")
              + ", and the plan replaces version "
              + proposal.active()
              + proposal.activeSince().map(at -> ", active since " + at).orElse(""));
    }
    run.shared().keyPolicy().requireVersion(run.backend().id(), run.slot().name(), version);
    return run.backend().capability(KeyRotator.class, "make an older version sign again");
  }

  private static KeyReading usable(OperationRun run) {
    KeyReading entry = run.ours();
    KeyName name = entry.snapshot().name();
    if (entry.snapshot().algorithm().purpose() != KeyPurpose.SIGN) {
      throw new UsageException(
          ErrorCode.WRONG_PURPOSE,
          "Key "
              + name
              + " wraps, and opens with every version that is not disabled. No version of"
              + " it has to be made active again.");
    }
    entry
        .info(run.shared().life())
        .nextRotationAt()
        .ifPresent(
            due -> {
              throw new UsageException(
                  ErrorCode.UNSUPPORTED_OPERATION,
                  "Key "
                      + name
                      + " is rotated by time, next at "
                      + due
                      + ", which would replace the version again. Set its interval first: enclave"
                      + " keys rotation "
                      + name
                      + " never.");
            });
    return entry;
  }

  private static KeyVersion requireWaiting(KeyReading entry, KeyVersionId id) {
    KeyVersion version = entry.requireVersion(id);
    if (version.state() == KeyState.ACTIVE) {
      throw new PolicyException(
          ErrorCode.APPROVAL_USED,
          "Version "
              + id
              + " of key "
              + entry.snapshot().name()
              + " is active. There is nothing"
              + " more to do.");
    }
    if (version.state() != KeyState.VERIFY_ONLY) {
      throw new UsageException(
          ErrorCode.KEY_NOT_ACTIVE,
          "Version "
              + id
              + " of key "
              + entry.snapshot().name()
              + " is "
              + version.state()
              + ", and only one that verifies can sign again."
              + (version.state() == KeyState.DISABLED
                  ? " Enable it first, unless somebody else may have its private key."
                  : ""));
    }
    return version;
  }

  private static UsageException unknown(KeyReading entry, KeyVersionId id) {
    return new UsageException(
        ErrorCode.UNSUPPORTED_OPERATION,
        "Backend "
            + entry.handle().backend()
            + " gives no public key for version "
            + id
            + " of key "
            + entry.snapshot().name()
            + ", so nobody could tell what is approved.");
  }

  private static UsageException outdated(String found) {
    return new UsageException(
        ErrorCode.MIGRATION_PLAN_OUTDATED,
        "The key is not as the plan says: " + found + ". Nothing was changed. Make a new plan.");
  }

  @Override
  public KeyInfo carryOut(KeyRotator rotator, OperationRun run) {
    CachedKey slot = run.slot();
    KeyReading entry = slot.inTurn(run.deadline(), () -> slot.written(reinstated(rotator, run)));
    KeyVersionId active = entry.requireActive().id();
    if (!active.equals(proposal.version())) {
      throw new IntegrityException(
          ErrorCode.WRONG_ANSWER,
          "Backend "
              + slot.backend().id()
              + " was asked to make version "
              + proposal.version()
              + " of key "
              + slot.name()
              + " active and left version "
              + active
              + " active. Look at the key before you repeat it.");
    }
    entry.requireRetired(proposal.active(), KeyState.VERIFY_ONLY);
    run.details(details());
    return entry.info(run.shared().life());
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

package dev.enclave.core.internal.migration;

import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation.Change;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.internal.StatementText;
import dev.enclave.migration.DestructionProposal;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The version that a migration made verify-only is destroyed, once the new key has signed.
 *
 * @param proposal what is to be destroyed, with its signatures
 */
record DestroySourceOperation(DestructionProposal proposal)
    implements KeyOperation<KeyReading, KeyInfo> {

  @Override
  public Operation kind() {
    return Operation.MIGRATE;
  }

  private MigrationRecord made() {
    return proposal.record();
  }

  private MigrationPlan plan() {
    return made().proposal().plan();
  }

  @Override
  public KeyReading prepare(OperationRun run) {
    Approvals.require(proposal, plan().environment(), run.shared());
    KeyReading entry = requireAsFound(run);
    requireWaited(run);
    run.version(plan().version());
    return entry;
  }

  /** By this machine's clock and both backends', as far as their answers, just now, have told. */
  private void requireWaited(OperationRun run) {
    SharedParts shared = run.shared();
    Instant from = made().at().plus(shared.migration().destroyAfter());
    Instant old = shared.certainTime().agreed(run.backend());
    Instant now = shared.certainTime().agreed(shared.keys().slot(made().to()).backend());
    if (old.isBefore(from) || now.isBefore(from)) {
      throw new PolicyException(
          ErrorCode.DESTRUCTION_TOO_EARLY,
          "Key "
              + plan().key().name()
              + " was migrated at "
              + made().at()
              + ", enclave.migration.destroy-after is "
              + shared.migration().destroyAfter()
              + ", and it is "
              + shared.time().now()
              + " by this machine's clock, "
              + (old.isBefore(now) ? old : now)
              + " by the earliest of its own and the backends'. Carry the plan out after "
              + from
              + ", with one that holds then.");
    }
  }

  /** The old key, which is as the migration left it; and so is the new one. */
  KeyReading requireAsFound(OperationRun run) {
    made().requireValid(Optional.empty(), Set.of());
    KeyReading entry =
        new Planning(plan().key(), plan().target(), Optional.empty(), Duration.ZERO).usable(run);
    KeyVersion old = entry.requireVersion(plan().version());
    // Clouds forget the public key with it.
    if (old.state() == KeyState.DESTROYED) {
      throw new PolicyException(
          ErrorCode.APPROVAL_USED,
          "Version "
              + old.id()
              + " of key "
              + plan().key().name()
              + " is destroyed. There is nothing more to do.");
    }
    requireSame(entry.snapshot().name() + " in " + run.backend().id(), old, plan().publicKey());
    boolean retired = old.state() == KeyState.VERIFY_ONLY || old.state() == KeyState.DISABLED;
    if (!retired || !entry.snapshot().movedTo().equals(Optional.of(made().to()))) {
      throw outdated(
          "version "
              + old.id()
              + " of key "
              + plan().key()
              + " is "
              + old.state()
              + entry
                  .snapshot()
                  .movedTo()
                  .map(to -> " and moved to " + to)
                  .orElse(" and not moved"));
    }
    requireSuccessor(run);
    return entry;
  }

  private CachedKey requireSuccessor(OperationRun run) {
    SharedParts shared = run.shared();
    CachedKey slot = shared.keys().slot(made().to());
    KeyReading entry =
        slot.fresh(run.trace(), shared.within(SharedParts.CHANGE_WITHIN)).requireUsable();
    KeyVersion next = entry.requireVersion(made().toVersion());
    requireSame(slot.name() + " in " + slot.backend().id(), next, made().toPublicKey());
    if (!next.state().mayConsume() || entry.snapshot().active().isEmpty()) {
      throw outdated(
          "version " + next.id() + " of the new key " + made().to() + " is " + next.state());
    }
    return slot;
  }

  private static void requireSame(String key, KeyVersion version, PublicKeyInfo recorded) {
    if (!version.publicKey().equals(Optional.of(recorded))) {
      throw new IntegrityException(
          ErrorCode.MIGRATION_PLAN_CHANGED,
          "Version "
              + version.id()
              + " of key "
              + key
              + " has another public key than the record of the migration names. Nothing was"
              + " destroyed. Find out which of the two is right.");
    }
  }

  private static UsageException outdated(String found) {
    return new UsageException(
        ErrorCode.MIGRATION_PLAN_OUTDATED,
        "The keys are not as the migration left them: "
            + found
            + ". Nothing was destroyed. Migrate the key again, or destroy what is not needed with"
            + " enclave keys destroy.");
  }

  @Override
  public KeyInfo carryOut(KeyReading entry, OperationRun run) {
    run.details(details());
    requireSignature(run);
    if (entry.requireVersion(plan().version()).state() == KeyState.VERIFY_ONLY) {
      change(Change.DISABLE, run);
    }
    return change(Change.DESTROY_MOVED, run);
  }

  /** That the new key signs is shown by a signature that a reader of the log can ask for. */
  private void requireSignature(OperationRun run) {
    CachedKey slot = requireSuccessor(run);
    Message message = StatementText.of(StatementText.Kind.MIGRATION_DESTRUCTION, proposal.hash());
    KeyVersionId active = slot.newest().orElseThrow().requireActive().id();
    SignatureValue signature = run.another(slot).run(SignOperation.ofStatement(active, message));
    PublicKeyInfo key =
        slot.newest().orElseThrow().requireVersion(signature.version()).publicKey().orElseThrow();
    if (!SignatureVerifier.of(key).verify(message, signature.bytes(), signature.encoding())) {
      throw new IntegrityException(
          ErrorCode.WRONG_ANSWER,
          "The new key "
              + made().to()
              + " made a signature that does not verify. Nothing was destroyed. Find out what is"
              + " wrong with its backend.");
    }
  }

  private KeyInfo change(Change change, OperationRun run) {
    return run.another(run.slot()).run(new ChangeStateOperation(plan().version(), change));
  }

  private TreeMap<String, String> details() {
    TreeMap<String, String> details = new TreeMap<>();
    details.put("destroyed", plan().key().toString());
    details.put("to", made().to().toString());
    details.put("migration", plan().hash());
    details.put("destruction", proposal.hash());
    Approvals.name(proposal, details);
    return details;
  }
}

package dev.enclave.core.internal.migration;

import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.CertainTime;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation.Change;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.StatementText;
import dev.enclave.migration.DestructionProposal;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.spi.Deadline;
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
    Approvals.require(proposal, plan().environment(), run);
    KeyReading entry = requireAsFound(run);
    requireWaited(run);
    run.version(plan().version());
    return entry;
  }

  /** By this machine's clock and both backends', as far as their answers, just now, have told. */
  private void requireWaited(OperationRun run) {
    Duration wait = run.rules().migration().destroyAfter();
    Instant from = made().at().plus(wait);
    CertainTime certain = run.rules().certainTime();
    Instant old = certain.agreed(run.backend());
    Instant now = certain.agreed(run.keys().slot(made().to()).backend());
    if (old.isBefore(from) || now.isBefore(from)) {
      throw Texts.DESTRUCTION_TOO_EARLY.as(
          ErrorCode.DESTRUCTION_TOO_EARLY,
          plan().key().name(),
          made().at(),
          wait,
          run.time().now(),
          old.isBefore(now) ? old : now,
          from);
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
      throw Texts.SOURCE_DESTROYED.as(ErrorCode.APPROVAL_USED, old.id(), plan().key().name());
    }
    requireSame(run.slot(), old, plan().publicKey());
    boolean retired = old.state() == KeyState.VERIFY_ONLY || old.state() == KeyState.DISABLED;
    if (!retired || !entry.snapshot().movedTo().equals(Optional.of(made().to()))) {
      throw entry
          .snapshot()
          .movedTo()
          .map(
              to ->
                  Texts.SOURCE_CHANGED.as(
                      ErrorCode.MIGRATION_PLAN_OUTDATED, old.id(), plan().key(), old.state(), to))
          .orElseGet(
              () ->
                  Texts.SOURCE_NOT_MOVED.as(
                      ErrorCode.MIGRATION_PLAN_OUTDATED, old.id(), plan().key(), old.state()));
    }
    requireSuccessor(run);
    return entry;
  }

  private CachedKey requireSuccessor(OperationRun run) {
    CachedKey slot = run.keys().slot(made().to());
    KeyReading entry =
        slot.fresh(run.trace(), Deadline.in(RetryingCaller.CHANGE_WITHIN, run.time()))
            .requireUsable();
    KeyVersion next = entry.requireVersion(made().toVersion());
    requireSame(slot, next, made().toPublicKey());
    if (!next.state().mayConsume() || entry.snapshot().active().isEmpty()) {
      throw Texts.SUCCESSOR_CHANGED.as(
          ErrorCode.MIGRATION_PLAN_OUTDATED, next.id(), made().to(), next.state());
    }
    return slot;
  }

  private static void requireSame(CachedKey slot, KeyVersion version, PublicKeyInfo recorded) {
    if (!version.publicKey().equals(Optional.of(recorded))) {
      throw Texts.MIGRATED_KEY_REPLACED.as(
          ErrorCode.MIGRATION_PLAN_CHANGED, version.id(), slot.name(), slot.backend().id());
    }
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
      throw Texts.SUCCESSOR_SIGNS_WRONGLY.as(ErrorCode.WRONG_ANSWER, made().to());
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

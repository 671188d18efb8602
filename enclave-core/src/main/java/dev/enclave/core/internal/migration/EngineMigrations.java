package dev.enclave.core.internal.migration;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.lifecycle.StatementKey;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.internal.StatementText;
import dev.enclave.migration.DestructionProposal;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.MigrationRehearsal;
import dev.enclave.migration.MigrationWay;
import dev.enclave.migration.Migrations;
import dev.enclave.migration.PlanSignature;
import dev.enclave.migration.Proposal;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Migrates keys on behalf of one caller. Thread-safe. */
public final class EngineMigrations implements Migrations {

  private final SharedParts shared;
  private final String caller;

  /** On behalf of {@code caller}. */
  public EngineMigrations(SharedParts shared, String caller) {
    this.shared = shared;
    this.caller = caller;
  }

  @Override
  public MigrationPlan plan(KeyHandle key, BackendId target) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(target, "target");
    return planned(key, target, Optional.empty());
  }

  @Override
  public MigrationPlan plan(KeyHandle key, BackendId target, MigrationWay way) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(way, "way");
    return planned(key, target, Optional.of(way));
  }

  private MigrationPlan planned(KeyHandle key, BackendId target, Optional<MigrationWay> way) {
    Planning planning = new Planning(key, target, way, shared.migration().validity());
    return OperationRun.by(caller, shared)
        .named(key.name())
        .read(Operation.LOOK_UP, SharedParts.CHANGE_WITHIN, planning::plan);
  }

  @Override
  public PlanSignature sign(Proposal proposal, PlanSignature.Role role) {
    Objects.requireNonNull(proposal, "proposal");
    Objects.requireNonNull(role, "role");
    shared.requireOpen();
    Instant at = shared.time().now();
    StatementKey key = new StatementKey(shared, shared.backends().resolved());
    PublicKeyInfo publicKey = key.publicKey();
    if (role == PlanSignature.Role.APPROVER) {
      proposal.requireMayApprove(publicKey);
    }
    StatementSignature signature =
        key.sign(
            PlanSignature.messageOf(role, proposal.hash(), at),
            caller,
            Map.of(
                "statement", StatementText.Kind.MIGRATION_PLAN.toString(),
                "role", role.name(),
                "plan", proposal.hash()));
    return new PlanSignature(
        role,
        proposal.hash(),
        publicKey,
        at,
        publicKey.algorithm().defaultEncoding(),
        signature.signature());
  }

  @Override
  public MigrationRehearsal rehearse(MigrationProposal proposal) {
    Objects.requireNonNull(proposal, "proposal");
    return OperationRun.by(caller, shared)
        .named(proposal.plan().key().name())
        .read(Operation.LOOK_UP, SharedParts.CHANGE_WITHIN, new Rehearsal(proposal)::of);
  }

  @Override
  public MigrationRecord run(MigrationProposal proposal, Consumer<MigrationRecord> keep) {
    Objects.requireNonNull(proposal, "proposal");
    Objects.requireNonNull(keep, "keep");
    return OperationRun.under(proposal.plan().hash(), caller, shared)
        .named(proposal.plan().key().name())
        .run(new MigrateOperation(proposal, keep));
  }

  @Override
  public DestructionProposal planDestruction(MigrationRecord record) {
    Objects.requireNonNull(record, "record");
    Instant now = shared.time().now();
    DestructionProposal proposal =
        DestructionProposal.unsigned(record, now, now.plus(shared.migration().validity()));
    return OperationRun.by(caller, shared)
        .named(record.proposal().plan().key().name())
        .read(
            Operation.LOOK_UP,
            SharedParts.CHANGE_WITHIN,
            run -> {
              new DestroySourceOperation(proposal).requireAsFound(run);
              return proposal;
            });
  }

  @Override
  public KeyInfo destroy(DestructionProposal proposal) {
    Objects.requireNonNull(proposal, "proposal");
    return OperationRun.under(proposal.hash(), caller, shared)
        .named(proposal.record().proposal().plan().key().name())
        .run(new DestroySourceOperation(proposal));
  }
}

package dev.enclave.core.internal.migration;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyRules;
import dev.enclave.core.internal.lifecycle.StatementKey;
import dev.enclave.core.internal.operation.Operations;
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
public record EngineMigrations(
    Operations operations, KeyDirectory keys, KeyRules rules, String caller) implements Migrations {

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
    Planning planning = new Planning(key, target, way, rules.migration().validity());
    return operations
        .by(caller)
        .named(key.name())
        .read(Operation.LOOK_UP, RetryingCaller.CHANGE_WITHIN, planning::plan);
  }

  @Override
  public PlanSignature sign(Proposal proposal, PlanSignature.Role role) {
    Objects.requireNonNull(proposal, "proposal");
    Objects.requireNonNull(role, "role");
    operations.requireOpen();
    Instant at = operations.time().now();
    StatementKey key = new StatementKey(operations, keys, rules.policy(), keys.resolved());
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
    return operations
        .by(caller)
        .named(proposal.plan().key().name())
        .read(
            Operation.LOOK_UP,
            RetryingCaller.CHANGE_WITHIN,
            new MigrateOperation.Rehearsal(proposal)::of);
  }

  @Override
  public MigrationRecord run(MigrationProposal proposal, Consumer<MigrationRecord> keep) {
    Objects.requireNonNull(proposal, "proposal");
    Objects.requireNonNull(keep, "keep");
    return operations
        .under(proposal.plan().hash(), caller)
        .named(proposal.plan().key().name())
        .run(new MigrateOperation(proposal, keep));
  }

  @Override
  public DestructionProposal planDestruction(MigrationRecord record) {
    Objects.requireNonNull(record, "record");
    Instant now = operations.time().now();
    DestructionProposal proposal =
        DestructionProposal.unsigned(record, now, now.plus(rules.migration().validity()));
    return operations
        .by(caller)
        .named(record.proposal().plan().key().name())
        .read(
            Operation.LOOK_UP,
            RetryingCaller.CHANGE_WITHIN,
            run -> {
              new DestroySourceOperation(proposal).requireAsFound(run);
              return proposal;
            });
  }

  @Override
  public KeyInfo destroy(DestructionProposal proposal) {
    Objects.requireNonNull(proposal, "proposal");
    return operations
        .under(proposal.hash(), caller)
        .named(proposal.record().proposal().plan().key().name())
        .run(new DestroySourceOperation(proposal));
  }
}

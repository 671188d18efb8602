package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.SigningAlgorithm;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRehearsal;
import dev.enclave.spi.audit.AuditEvent.Operation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A dry run says what a run would do and what is missing, and asks for no change. */
class MigrationRehearsalTest {

  private final MigrationBench migration = new MigrationBench("production");

  @AfterEach
  void close() {
    migration.close();
  }

  private MigrationRehearsal rehearse(MigrationProposal proposal) {
    migration.source.refuseEffects();
    migration.target.refuseEffects();
    return migration.enclave.admin().migrations().rehearse(proposal);
  }

  @Test
  void saysWhatARunWouldDo_andChangesNothing() {
    MigrationProposal proposal = migration.approved(migration.plan());

    MigrationRehearsal found = rehearse(proposal);

    assertThat(found.ready()).isTrue();
    assertThat(found.steps()).hasSize(5);
    assertThat(found.steps().get(0)).startsWith("create key wallet-42 in target");
    assertThat(migration.key.activeVersion().state()).isEqualTo(KeyState.ACTIVE);
    assertThat(migration.bench.audit.events(Operation.MIGRATE)).isEmpty();
  }

  @Test
  void saysThatApprovalsAreMissing_andReadsOn() {
    MigrationPlan plan = migration.plan();

    MigrationRehearsal found =
        rehearse(MigrationBench.approved(migration.proposed(plan), migration.first));

    assertThat(found.ready()).isFalse();
    assertThat(found.missing())
        .singleElement()
        .asString()
        .startsWith("MIGRATION_NOT_APPROVED: ")
        .contains("1 of enclave.migration.approvers approve it and 2 have to");
    assertThat(found.steps()).isNotEmpty();
  }

  @Test
  void saysThatTheTargetHasAKeyOfThatName() {
    MigrationProposal proposal = migration.approved(migration.plan());
    migration.enclave.createKey(
        KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519).on(MigrationBench.TARGET));

    assertThat(rehearse(proposal).steps().get(0))
        .startsWith("go on with key wallet-42 in target")
        .contains("KEY_ALREADY_EXISTS");
  }

  @Test
  void isRefusedAsARunIs_forWhatNobodyCanApprove() {
    MigrationProposal proposal = migration.approved(migration.plan());
    migration
        .enclave
        .admin()
        .key(migration.key.handle())
        .rotate(RotationRequest.ifActive(proposal.plan().version()));

    refused(ErrorCode.MIGRATION_PLAN_OUTDATED, () -> rehearse(proposal));
  }

  @Test
  void isRefused_afterTheRun() {
    MigrationProposal proposal = migration.approved(migration.plan());
    migration.run(proposal);

    refused(ErrorCode.APPROVAL_USED, () -> rehearse(proposal));
  }
}

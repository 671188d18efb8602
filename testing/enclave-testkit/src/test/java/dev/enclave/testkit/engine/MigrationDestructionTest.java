package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.SignatureValue;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.DestructionProposal;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.Proposal;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The old key of a migration goes by a plan of its own, and what is refused of that. */
class MigrationDestructionTest {

  private static final Duration WAITING = Duration.ofDays(30);

  private final MigrationBench migration = new MigrationBench("production");
  private final MigrationRecord record = migration.run(migration.approved(migration.plan()));
  private final KeyVersionId version = record.proposal().plan().version();

  @AfterEach
  void close() {
    migration.close();
  }

  private Instant now() {
    return migration.bench.clock.now();
  }

  private void waitFor(Duration time) {
    migration.bench.clock.advance(time);
  }

  private ManagedKey old() {
    return migration.enclave.admin().key(migration.key.handle());
  }

  private KeyState state() {
    return old().info().version(version).orElseThrow().state();
  }

  private DestructionProposal plan() {
    return migration.enclave.admin().migrations().planDestruction(record);
  }

  private DestructionProposal approved(DestructionProposal plan) {
    return MigrationBench.approved(migration.proposed(plan), migration.first, migration.second);
  }

  private String refusedBy(ErrorCode code, DestructionProposal proposal) {
    KeyState before = state();
    String message = refused(code, () -> migration.enclave.admin().migrations().destroy(proposal));
    assertThat(state()).isEqualTo(before);
    return message;
  }

  @Test
  void destroysTheOldKey_onceItsTimeIsOverAndPeopleApprove() {
    SignatureValue before =
        migration.enclave.signingKeys().key(record.to()).sign(MigrationBench.MESSAGE);
    waitFor(WAITING);
    DestructionProposal approved = approved(plan());

    assertThat(
            migration
                .enclave
                .admin()
                .migrations()
                .destroy(approved)
                .version(version)
                .orElseThrow()
                .state())
        .isEqualTo(KeyState.DESTROYED);

    assertThat(state()).isEqualTo(KeyState.DESTROYED);
    assertThat(
            migration.enclave.signingKeys().key(record.to()).verify(MigrationBench.MESSAGE, before))
        .isTrue();
    List<AuditEvent> events = migration.bench.audit.events(Operation.MIGRATE);
    assertThat(events.get(events.size() - 1).details())
        .containsEntry("destroyed", migration.key.handle().toString())
        .containsEntry("destruction", approved.hash())
        .containsEntry("migration", record.proposal().plan().hash())
        .containsEntry("approver.2", migration.second.publicKey().fingerprint().toString());
    refused(
        ErrorCode.APPROVAL_USED, () -> migration.enclave.admin().migrations().destroy(approved));
    refused(ErrorCode.APPROVAL_USED, this::plan);
  }

  @Test
  void waitsByTheClocksOfBothBackendsToo_asFarAsTheyTellThem() {
    Instant madeAt = record.at();
    waitFor(WAITING);
    for (BentProvider slower : List.of(migration.source, migration.target)) {
      slower.tellTime(() -> madeAt.plus(WAITING).minusSeconds(1));
      assertThat(refusedBy(ErrorCode.DESTRUCTION_TOO_EARLY, approved(plan())))
          .contains(now().toString(), madeAt.plus(WAITING).minusSeconds(1).toString());
      slower.tellTime(this::now);
    }

    migration.enclave.admin().migrations().destroy(approved(plan()));
    assertThat(state()).isEqualTo(KeyState.DESTROYED);
  }

  @Test
  void noOtherWayDestroysIt() {
    waitFor(WAITING);
    old().disable(version);

    assertThat(refused(ErrorCode.MIGRATION_NOT_APPROVED, () -> old().destroy(version)))
        .contains(record.to().toString(), "enclave migrate plan-destruction");
    assertThat(state()).isEqualTo(KeyState.DISABLED);
    migration.enclave.admin().migrations().destroy(approved(plan()));
    assertThat(state()).isEqualTo(KeyState.DESTROYED);
  }

  /** They end as those of any other key do, before the version that moved and after it. */
  @Test
  void holdsUpNoOlderVersion() {
    try (MigrationBench rotated = new MigrationBench("production")) {
      ManagedKey key = rotated.enclave.admin().key(rotated.key.handle());
      KeyVersionId oldest = rotated.key.activeVersion().id();
      key.rotate(RotationRequest.ifActive(oldest));
      KeyVersionId older = rotated.key.activeVersion().id();
      key.rotate(RotationRequest.ifActive(older));
      MigrationRecord made = rotated.run(rotated.approved(rotated.plan()));
      KeyVersionId moved = made.proposal().plan().version();
      for (KeyVersionId each : List.of(oldest, older, moved)) {
        key.disable(each);
      }

      key.destroy(oldest);
      refused(ErrorCode.MIGRATION_NOT_APPROVED, () -> key.destroy(moved));
      rotated.bench.clock.advance(WAITING);
      DestructionProposal plan = rotated.enclave.admin().migrations().planDestruction(made);
      rotated
          .enclave
          .admin()
          .migrations()
          .destroy(MigrationBench.approved(rotated.proposed(plan), rotated.first, rotated.second));
      key.destroy(older);
      assertThat(key.info().versions()).allMatch(each -> each.state() == KeyState.DESTROYED);
    }
  }

  @Test
  void waits() {
    waitFor(WAITING.minusSeconds(1));

    assertThat(refusedBy(ErrorCode.DESTRUCTION_TOO_EARLY, approved(plan())))
        .contains(record.at().plus(WAITING).toString());
  }

  @Test
  void refusesTooFewApprovals_andThoseOfTheProposerAndOfStrangers() {
    waitFor(WAITING);
    DestructionProposal proposed = migration.proposed(plan());
    DestructionProposal one = MigrationBench.approved(proposed, migration.first);

    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, plan());
    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, proposed);
    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, one);
    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, MigrationBench.approved(one, migration.first));
    refused(ErrorCode.APPROVAL_BY_PROPOSER, () -> migration.proposer.approves(one));
    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, MigrationBench.approved(one, migration.stranger));
  }

  @Test
  void refusesTheApprovalsOfTheMigration_andOfAnotherPlan() {
    waitFor(WAITING);
    DestructionProposal plan = plan();
    MigrationProposal migrated = record.proposal();
    waitFor(Duration.ofSeconds(1));
    DestructionProposal other = approved(plan());

    for (Proposal from : List.of(migrated, other)) {
      refusedBy(
          ErrorCode.MIGRATION_PLAN_CHANGED,
          new DestructionProposal(
              record, plan.createdAt(), plan.expiresAt(), from.proposer(), from.approvals()));
    }
  }

  @Test
  void refusesAPlanThatHoldsNoMore_orTooLong() {
    waitFor(WAITING);
    DestructionProposal approved = approved(plan());
    DestructionProposal longer =
        approved(
            DestructionProposal.unsigned(
                record, now(), now().plus(Duration.ofDays(1)).plusSeconds(1)));

    refusedBy(ErrorCode.APPROVAL_EXPIRED, longer);
    waitFor(Duration.ofDays(1));
    refusedBy(ErrorCode.APPROVAL_EXPIRED, approved);
  }

  @Test
  void refusesARecordThatTheKeysDidNotSign() {
    waitFor(WAITING);
    MigrationRecord forged =
        new MigrationRecord(
            record.proposal(),
            record.to(),
            record.toVersion(),
            record.toPublicKey(),
            record.at().minusSeconds(1),
            record.byOld(),
            record.byNew(),
            record.byEnclave());

    refusedBy(
        ErrorCode.MIGRATION_RECORD_INVALID,
        approved(DestructionProposal.unsigned(forged, now(), now().plus(Duration.ofDays(1)))));
    refused(
        ErrorCode.MIGRATION_RECORD_INVALID,
        () -> migration.enclave.admin().migrations().planDestruction(forged));
  }

  @Test
  void leavesAKeyAlone_thatSignsAgain() {
    waitFor(WAITING);
    DestructionProposal approved = approved(plan());
    old().disable(version);
    old().enable(version);
    assertThat(state()).isEqualTo(KeyState.ACTIVE);

    refusedBy(ErrorCode.MIGRATION_PLAN_OUTDATED, approved);
    refused(ErrorCode.MIGRATION_PLAN_OUTDATED, this::plan);
  }

  @Test
  void leavesItAlone_whereTheNewKeyIsSwitchedOff_orDoesNotSign() {
    waitFor(WAITING);
    DestructionProposal approved = approved(plan());
    AtomicBoolean silent = new AtomicBoolean(true);
    migration.target.before(
        "sign",
        () -> {
          if (silent.get()) {
            throw BackendFailure.permanent(FailureCode.REJECTED, "not now");
          }
        });

    assertThatExceptionOfType(EnclaveException.class)
        .isThrownBy(() -> migration.enclave.admin().migrations().destroy(approved));
    assertThat(state()).isEqualTo(KeyState.VERIFY_ONLY);
    silent.set(false);
    ManagedKey next = migration.enclave.admin().key(record.to());
    next.disable(record.toVersion());
    refusedBy(ErrorCode.MIGRATION_PLAN_OUTDATED, approved);
    next.enable(record.toVersion());
    migration.enclave.admin().migrations().destroy(approved);
    assertThat(state()).isEqualTo(KeyState.DESTROYED);
  }

  @Test
  void finishesWhatWasCutShort() {
    waitFor(WAITING);
    DestructionProposal approved = approved(plan());
    AtomicBoolean disabled = new AtomicBoolean();
    migration.source.before(
        "changeState",
        () -> {
          if (disabled.getAndSet(true)) {
            throw BackendFailure.permanent(FailureCode.REJECTED, "The process ended here.");
          }
        });

    assertThatExceptionOfType(EnclaveException.class)
        .isThrownBy(() -> migration.enclave.admin().migrations().destroy(approved));
    assertThat(state()).isEqualTo(KeyState.DISABLED);
    migration.source.before("changeState", () -> {});
    migration.enclave.admin().migrations().destroy(approved);
    assertThat(state()).isEqualTo(KeyState.DESTROYED);
  }

  @Test
  void needsNoApproval_inDevelopment_butTheTime() {
    try (MigrationBench loose = new MigrationBench("development")) {
      MigrationRecord made = loose.run(MigrationProposal.unsigned(loose.plan()));
      DestructionProposal plan = loose.enclave.admin().migrations().planDestruction(made);
      refused(
          ErrorCode.DESTRUCTION_TOO_EARLY, () -> loose.enclave.admin().migrations().destroy(plan));
      loose.bench.clock.advance(WAITING);
      loose
          .enclave
          .admin()
          .migrations()
          .destroy(loose.enclave.admin().migrations().planDestruction(made));
      assertThat(loose.enclave.admin().key(loose.key.handle()).info().versions())
          .allMatch(each -> each.state() == KeyState.DESTROYED);
    }
  }

  @Test
  void readsItsOwnText() {
    DestructionProposal approved = approved(plan());

    assertThat(DestructionProposal.parse(approved + "\n")).isEqualTo(approved);
    assertThat(Proposal.parse(approved.toString())).isEqualTo(approved);
    assertThat(Proposal.parse(record.proposal().toString())).isEqualTo(record.proposal());
    for (String wrong :
        List.of(
            approved.toString().replace("\"approvals\"", "\"aprovals\""),
            approved.toString().replace("destruction-v1", "destruction-v2"),
            record.toString(),
            record.proposal().toString())) {
      refused(ErrorCode.INVALID_MIGRATION_FILE, () -> DestructionProposal.parse(wrong));
    }
    refused(ErrorCode.INVALID_MIGRATION_FILE, () -> MigrationProposal.parse(approved.toString()));
  }
}

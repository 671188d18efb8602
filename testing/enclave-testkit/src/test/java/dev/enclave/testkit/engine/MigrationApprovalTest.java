package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyState;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.PlanSignature;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What production refuses as an approval, each by its own name; nothing is created then. */
class MigrationApprovalTest {

  private final MigrationBench migration = new MigrationBench("production");

  @AfterEach
  void close() {
    migration.close();
  }

  private String refusedBy(ErrorCode code, MigrationProposal proposal) {
    migration.target.refuseEffects();
    String message = refused(code, () -> migration.run(proposal));
    assertThat(migration.records).isEmpty();
    assertThat(migration.key.activeVersion().state()).isEqualTo(KeyState.ACTIVE);
    return message;
  }

  private Instant now() {
    return migration.bench.clock.now();
  }

  @Test
  void refusesAPlanThatNobodySigned() {
    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, MigrationProposal.unsigned(migration.plan()));
  }

  @Test
  void refusesTooFew() {
    MigrationProposal one =
        MigrationBench.approved(migration.proposed(migration.plan()), migration.first);

    assertThat(refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, one)).contains("1 of", "2 have to");
  }

  @Test
  void countsOnePublicKeyOnce() {
    MigrationProposal twice =
        MigrationBench.approved(
            migration.proposed(migration.plan()), migration.first, migration.first);

    assertThat(refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, twice)).contains("1 of");
  }

  @Test
  void refusesTheProposerAsApprover_beforeAnythingIsSigned() {
    MigrationProposal good = migration.approved(migration.plan());
    PlanSignature own = approvalByTheProposer(migration, good);

    assertThat(refused(ErrorCode.APPROVAL_BY_PROPOSER, () -> migration.proposer.approves(good)))
        .contains(migration.proposer.publicKey().fingerprint().toString());
    refused(ErrorCode.APPROVAL_BY_PROPOSER, () -> good.approvedBy(own));
    refusedBy(
        ErrorCode.APPROVAL_BY_PROPOSER,
        new MigrationProposal(good.plan(), good.proposer(), List.of(own)));
  }

  /** Somebody else proposed the same plan, and the proposer approved that. */
  private static PlanSignature approvalByTheProposer(
      MigrationBench migration, MigrationProposal proposal) {
    return migration.proposer.approves(proposal.proposedBy(migration.first.proposes(proposal)));
  }

  @Test
  void refusesAnApproval_ofWhatNobodyProposed() {
    MigrationProposal good = migration.approved(migration.plan());
    MigrationProposal unsigned = MigrationProposal.unsigned(good.plan());

    refused(ErrorCode.MIGRATION_NOT_APPROVED, () -> migration.first.approves(unsigned));
    refusedBy(
        ErrorCode.MIGRATION_NOT_APPROVED,
        new MigrationProposal(good.plan(), Optional.empty(), good.approvals()));
  }

  @Test
  void holdsApprovalsToTheSameRules_whereNoneIsNeeded() {
    try (MigrationBench here = new MigrationBench("development")) {
      MigrationPlan plan = here.plan();
      MigrationProposal good = here.proposed(plan);
      PlanSignature own = approvalByTheProposer(here, good);
      MigrationProposal byProposer = new MigrationProposal(plan, good.proposer(), List.of(own));
      MigrationProposal asApproval =
          new MigrationProposal(plan, good.proposer(), good.proposer().stream().toList());
      MigrationProposal unproposed = new MigrationProposal(plan, Optional.empty(), List.of(own));

      here.target.refuseEffects();
      Map.of(
              byProposer, ErrorCode.APPROVAL_BY_PROPOSER,
              asApproval, ErrorCode.APPROVAL_INVALID,
              unproposed, ErrorCode.MIGRATION_NOT_APPROVED)
          .forEach(
              (bad, code) -> {
                assertThat(here.enclave.admin().migrations().rehearse(bad).missing())
                    .anyMatch(missing -> missing.startsWith(code + ": "));
                refused(code, () -> here.run(bad));
              });
    }
  }

  @Test
  void refusesAStranger_asProposerAndAsApprover() {
    MigrationPlan plan = migration.plan();

    assertThat(
            refusedBy(
                ErrorCode.MIGRATION_NOT_APPROVED,
                MigrationBench.approved(migration.approved(plan), migration.stranger)))
        .contains(migration.stranger.publicKey().fingerprint().toString());
    refusedBy(
        ErrorCode.MIGRATION_NOT_APPROVED,
        MigrationBench.approved(
            MigrationProposal.unsigned(plan)
                .proposedBy(migration.stranger.proposes(MigrationProposal.unsigned(plan))),
            migration.first,
            migration.second));
  }

  @Test
  void refusesAForgedSignature() {
    MigrationProposal good = migration.approved(migration.plan());
    PlanSignature real = good.approvals().get(1);
    byte[] bytes = real.signature().toByteArray();
    bytes[5] ^= 1;
    PlanSignature forged =
        new PlanSignature(
            real.role(), real.plan(), real.key(), real.at(), real.encoding(), Bytes.of(bytes));

    refusedBy(
        ErrorCode.APPROVAL_INVALID,
        new MigrationProposal(
            good.plan(), good.proposer(), List.of(good.approvals().get(0), forged)));
  }

  @Test
  void refusesTheSignatureOfAProposer_givenAsAnApproval() {
    MigrationPlan plan = migration.plan();
    PlanSignature another = migration.second.proposes(MigrationProposal.unsigned(plan));
    MigrationProposal good = migration.approved(plan);

    refusedBy(
        ErrorCode.APPROVAL_INVALID,
        new MigrationProposal(plan, good.proposer(), List.of(good.approvals().get(0), another)));
  }

  @Test
  void refusesAPlanThatWasChangedAfterwards() {
    MigrationProposal good = migration.approved(migration.plan());
    String longer =
        good.toString()
            .replace(
                good.plan().expiresAt().toString(), now().plus(Duration.ofHours(1)).toString());

    refusedBy(ErrorCode.MIGRATION_PLAN_CHANGED, MigrationProposal.parse(longer));
  }

  @Test
  void refusesApprovalsOfAnotherPlan() {
    MigrationProposal other = migration.approved(migration.plan());

    refusedBy(
        ErrorCode.MIGRATION_PLAN_CHANGED,
        new MigrationProposal(migration.plan(), other.proposer(), other.approvals()));
  }

  @Test
  void refusesAPlanOfAnotherPlace() {
    MigrationPlan plan = migration.plan();
    MigrationPlan lying =
        MigrationPlan.parse(
            plan.toString().replace("\"targetAuthority\":\"", "\"targetAuthority\":\"other-"));

    refusedBy(ErrorCode.MIGRATION_PLAN_CHANGED, migration.approved(lying));
  }

  @Test
  void refusesWhatHasExpired() {
    MigrationProposal good = migration.approved(migration.plan());
    migration.bench.clock.advance(Duration.ofDays(1));

    refusedBy(ErrorCode.APPROVAL_EXPIRED, good);
  }

  @Test
  void refusesAPlanThatHoldsLongerThanIsConfigured() {
    MigrationPlan plan = migration.plan();
    MigrationPlan longer =
        MigrationPlan.parse(
            plan.toString()
                .replace(plan.expiresAt().toString(), plan.expiresAt().plusSeconds(1).toString()));

    refusedBy(ErrorCode.APPROVAL_EXPIRED, migration.approved(longer));
  }

  @Test
  void refusesASignatureFromOutsideTheTimeOfThePlan() {
    MigrationPlan plan = migration.plan();
    MigrationProposal one = MigrationBench.approved(migration.proposed(plan), migration.first);
    migration.bench.clock.setWallClock(plan.createdAt().minusSeconds(1));
    MigrationProposal early = MigrationBench.approved(one, migration.second);
    migration.bench.clock.setWallClock(plan.createdAt());

    refusedBy(ErrorCode.APPROVAL_EXPIRED, early);
  }

  @Test
  void refusesAPlanOfAnotherEnvironmentType() {
    MigrationPlan plan = migration.plan();
    MigrationPlan other =
        MigrationPlan.parse(plan.toString().replace("\"PRODUCTION\"", "\"STAGING\""));

    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, migration.approved(other));
  }

  @Test
  void refusesAPlan_whoseKeyWasRotatedSince() {
    MigrationProposal good = migration.approved(migration.plan());
    migration
        .enclave
        .admin()
        .key(migration.key.handle())
        .rotate(new RotationRequest(Optional.empty(), RotationReason.SUPERSEDED, Optional.empty()));

    refusedBy(ErrorCode.MIGRATION_PLAN_OUTDATED, good);
  }

  @Test
  void refusesAPlanThatWasCarriedOut() {
    MigrationProposal good = migration.approved(migration.plan());
    migration.run(good);

    refused(ErrorCode.APPROVAL_USED, () -> migration.run(good));
    assertThat(migration.records).hasSize(1);
  }

  @Test
  void readsItsOwnText() {
    MigrationProposal good = migration.approved(migration.plan());

    assertThat(MigrationProposal.parse(good + "\n")).isEqualTo(good);
    assertThat(MigrationProposal.parse(good.plan().toString()))
        .isEqualTo(MigrationProposal.unsigned(good.plan()));
    refused(
        ErrorCode.INVALID_MIGRATION_FILE,
        () -> MigrationProposal.parse(good.toString().replace("\"approvals\"", "\"aprovals\"")));
  }
}

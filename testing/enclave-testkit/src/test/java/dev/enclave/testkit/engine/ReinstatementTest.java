package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.PlanSignature;
import dev.enclave.migration.Proposal;
import dev.enclave.migration.ReinstatementProposal;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An address that was left by a rotation signs again, once people approve it. */
class ReinstatementTest {

  private static final KeyVersionId OLD = KeyVersionId.of("1");
  private static final KeyVersionId NEW = KeyVersionId.of("2");

  private final MigrationBench people = new MigrationBench("production");
  private final ManagedKey wallet = people.enclave.admin().key(people.key.handle());

  @AfterEach
  void close() {
    people.close();
  }

  private void rotate(RotationReason reason) {
    wallet.rotate(RotationRequest.now().reason(reason));
  }

  private ReinstatementProposal plan() {
    return wallet.planReinstatement(OLD);
  }

  private ReinstatementProposal proposed(ReinstatementProposal plan) {
    return plan.proposedBy(people.proposer.proposes(plan));
  }

  private static ReinstatementProposal approved(
      ReinstatementProposal plan, MigrationBench.Person... by) {
    ReinstatementProposal approved = plan;
    for (MigrationBench.Person each : by) {
      approved = approved.approvedBy(each.approves(plan));
    }
    return approved;
  }

  private ReinstatementProposal approved(ReinstatementProposal plan) {
    return approved(proposed(plan), people.first, people.second);
  }

  private void refusedBy(ErrorCode code, ReinstatementProposal proposal) {
    List<KeyVersion> before = wallet.info().versions();
    refused(code, () -> wallet.reinstate(proposal));
    assertThat(wallet.info().versions()).isEqualTo(before);
  }

  @Test
  void theOldVersionSigns_andTheNewOneVerifies() {
    rotate(RotationReason.ADMINISTRATIVE);
    ReinstatementProposal approved = approved(plan());

    KeyInfo after = wallet.reinstate(approved);

    assertThat(after.active().map(KeyVersion::id)).contains(OLD);
    assertThat(after.version(NEW).orElseThrow().state()).isEqualTo(KeyState.VERIFY_ONLY);
    assertThat(people.key.sign(MigrationBench.MESSAGE).version()).isEqualTo(OLD);
    List<AuditEvent> events = people.bench.audit.events(Operation.REINSTATE);
    AuditEvent last = events.get(events.size() - 1);
    assertThat(last.operationId()).isEqualTo(approved.hash());
    assertThat(last.version()).contains(OLD);
    assertThat(last.details())
        .containsEntry("replaced", "2")
        .containsEntry("plan", approved.hash())
        .containsEntry("proposer", people.proposer.publicKey().fingerprint().toString())
        .containsEntry("approver.2", people.second.publicKey().fingerprint().toString());
    refusedBy(ErrorCode.APPROVAL_USED, approved);
    refused(ErrorCode.APPROVAL_USED, this::plan);
  }

  /** Also where the version was replaced for a compromise that was none. */
  @Test
  void aDisabledVersionIsEnabledFirst() {
    rotate(RotationReason.COMPROMISE);
    assertThat(refused(ErrorCode.KEY_NOT_ACTIVE, this::plan)).contains("Enable it first");
    wallet.enable(OLD);
    ReinstatementProposal approved = approved(plan());
    wallet.disable(OLD);
    refusedBy(ErrorCode.KEY_NOT_ACTIVE, approved);
    wallet.enable(OLD);

    assertThat(wallet.reinstate(approved).active().map(KeyVersion::id)).contains(OLD);
  }

  @Test
  void refusesTooFewApprovals_andThoseOfTheProposerAndOfStrangers() {
    rotate(RotationReason.ADMINISTRATIVE);
    ReinstatementProposal proposed = proposed(plan());
    ReinstatementProposal one = approved(proposed, people.first);

    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, plan());
    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, proposed);
    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, one);
    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, approved(one, people.first));
    refused(ErrorCode.APPROVAL_BY_PROPOSER, () -> people.proposer.approves(one));
    refusedBy(ErrorCode.MIGRATION_NOT_APPROVED, approved(one, people.stranger));
  }

  @Test
  void refusesAPlanThatWasChanged_orHoldsNoMore_orIsOfAnotherKey() {
    rotate(RotationReason.ADMINISTRATIVE);
    ReinstatementProposal approved = approved(plan());
    ManagedKey other = people.enclave.admin().key(ofItsOwn("other").handle());
    other.rotate(RotationRequest.now());

    refused(ErrorCode.MIGRATION_PLAN_OUTDATED, () -> other.reinstate(approved));
    ReinstatementProposal another = approved(other.planReinstatement(OLD));
    refusedBy(
        ErrorCode.MIGRATION_PLAN_CHANGED,
        changed(plan(), EnvironmentType.PRODUCTION, another.proposer(), another.approvals()));
    refusedBy(
        ErrorCode.MIGRATION_NOT_APPROVED,
        changed(plan(), EnvironmentType.STAGING, Optional.empty(), List.of()));
    people.bench.clock.advance(Duration.ofDays(30));
    refusedBy(ErrorCode.APPROVAL_EXPIRED, approved);
  }

  private static ReinstatementProposal changed(
      ReinstatementProposal plan,
      EnvironmentType environment,
      Optional<PlanSignature> proposer,
      List<PlanSignature> approvals) {
    return new ReinstatementProposal(
        environment,
        plan.key(),
        plan.version(),
        plan.publicKey(),
        plan.active(),
        plan.activeSince(),
        plan.createdAt(),
        plan.expiresAt(),
        proposer,
        approvals);
  }

  /** What was approved is the step from one version to another, at that time of the key. */
  @Test
  void refusesAPlan_onceAnotherVersionBecameActive_andHasTheSameOneBack() {
    rotate(RotationReason.ADMINISTRATIVE);
    ReinstatementProposal first = approved(plan());
    ReinstatementProposal second = approved(plan());
    people.bench.clock.advance(Duration.ofSeconds(5));
    wallet.reinstate(first);
    people.bench.clock.advance(Duration.ofSeconds(5));
    wallet.reinstate(approved(wallet.planReinstatement(NEW)));

    refusedBy(ErrorCode.MIGRATION_PLAN_OUTDATED, first);
    refusedBy(ErrorCode.MIGRATION_PLAN_OUTDATED, second);
    rotate(RotationReason.ADMINISTRATIVE);
    refusedBy(ErrorCode.MIGRATION_PLAN_OUTDATED, first);
  }

  @Test
  void losesToARotation_thatComesBetween() {
    rotate(RotationReason.ADMINISTRATIVE);
    ReinstatementProposal approved = approved(plan());
    people.source.before(
        "reinstate",
        () -> {
          throw BackendFailure.permanent(FailureCode.CONFLICT, "another is active");
        });

    refusedBy(ErrorCode.ROTATION_CONFLICT, approved);
  }

  @Test
  void refusesWrappingKeys_keysThatAreRotatedByTime_andBackendsThatCannot() {
    ManagedKey kek =
        people
            .enclave
            .admin()
            .key(
                people
                    .enclave
                    .createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM))
                    .handle());
    kek.rotate(RotationRequest.now());
    refused(ErrorCode.WRONG_PURPOSE, () -> kek.planReinstatement(OLD));
    rotate(RotationReason.ADMINISTRATIVE);
    ReinstatementProposal approved = approved(plan());
    wallet.changeRotation(RotationInterval.parse("P90D"));
    assertThat(refused(ErrorCode.UNSUPPORTED_OPERATION, this::plan)).contains("never");
    refusedBy(ErrorCode.UNSUPPORTED_OPERATION, approved);
    wallet.changeRotation(RotationInterval.NEVER);
    people.source.before(
        "reinstate",
        () -> {
          throw BackendFailure.permanent(FailureCode.UNSUPPORTED, "cannot");
        });
    assertThatExceptionOfType(EnclaveException.class)
        .isThrownBy(() -> wallet.reinstate(approved))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_OPERATION));
    assertThat(wallet.info().active().map(KeyVersion::id)).contains(NEW);
  }

  @Test
  void needsNoApproval_inDevelopment() {
    try (MigrationBench loose = new MigrationBench("development")) {
      ManagedKey key = loose.enclave.admin().key(loose.key.handle());
      key.rotate(RotationRequest.now());
      assertThat(key.reinstate(key.planReinstatement(OLD)).active().map(KeyVersion::id))
          .contains(OLD);
    }
  }

  @Test
  void readsItsOwnText() {
    rotate(RotationReason.ADMINISTRATIVE);
    ReinstatementProposal approved = approved(plan());

    assertThat(ReinstatementProposal.parse(approved + "\n")).isEqualTo(approved);
    assertThat(Proposal.parse(approved.toString())).isEqualTo(approved);
    for (String wrong :
        List.of(
            approved.toString().replace("\"approvals\"", "\"aprovals\""),
            approved.toString().replace("reinstatement-v1", "reinstatement-v2"),
            approved
                .toString()
                .replace("\"environment\":\"PRODUCTION\"", "\"environment\":\"\""))) {
      refused(ErrorCode.INVALID_MIGRATION_FILE, () -> ReinstatementProposal.parse(wrong));
    }
  }

  private SigningKey ofItsOwn(String name) {
    return people.enclave.createKey(
        KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_SECP256K1_SHA256));
  }
}

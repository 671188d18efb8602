package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyOrigin;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.VersionSigner;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationPlan.Aspect;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A migration by succession, whole and cut short. */
class MigrationRunTest {

  private final MigrationBench migration = new MigrationBench("production");

  @AfterEach
  void close() {
    migration.close();
  }

  @Test
  void createsTheKeyAtTheTarget_andRetiresTheOldOne() {
    SignatureValue before = migration.key.sign(MigrationBench.MESSAGE);

    MigrationRecord record = migration.run(migration.approved(migration.plan()));

    assertThat(migration.records).containsExactly(record);
    SigningKey next = migration.enclave.signingKeys().key(record.to());
    assertThat(next.info().handle().backend()).isEqualTo(MigrationBench.TARGET);
    assertThat(next.activeVersion().origin()).isEqualTo(KeyOrigin.GENERATED);
    assertThat(next.verify(MigrationBench.MESSAGE, next.sign(MigrationBench.MESSAGE))).isTrue();
    assertThat(migration.key.info().versions())
        .extracting(v -> v.state())
        .containsExactly(KeyState.VERIFY_ONLY);
    assertThat(migration.key.verify(MigrationBench.MESSAGE, before)).isTrue();
    refused(ErrorCode.KEY_MIGRATED, () -> migration.key.sign(MigrationBench.MESSAGE));
  }

  /** A key that nobody rotates by itself is not rotated by itself afterwards. */
  @Test
  void keepsTheRotationInterval() {
    for (RotationInterval interval :
        List.of(RotationInterval.NEVER, RotationInterval.every(Duration.ofDays(30)))) {
      SigningKey key =
          migration.enclave.createKey(
              KeySpec.named("kept-" + migration.records.size())
                  .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
                  .rotation(interval));
      MigrationPlan plan =
          migration.enclave.admin().migrations().plan(key.handle(), MigrationBench.TARGET);

      MigrationRecord record = migration.run(migration.approved(plan));

      assertThat(migration.enclave.signingKeys().key(record.to()).info().rotation())
          .isEqualTo(interval);
    }
  }

  @Test
  void givesARecordThatHolds_andTellsTheAuditLog() {
    MigrationProposal proposal = migration.approved(migration.plan());

    MigrationRecord record = migration.run(proposal);

    MigrationRecord read = MigrationRecord.parse(record + "\n");
    assertThat(read).isEqualTo(record);
    read.requireValid(Optional.of(migration.terms), Set.of());
    assertThat(migration.bench.audit.events(Operation.MIGRATE))
        .extracting(AuditEvent::phase)
        .containsExactly(Phase.INTENT, Phase.OUTCOME);
    assertThat(migration.bench.audit.events(Operation.MIGRATE))
        .allMatch(event -> event.operationId().equals(proposal.plan().hash()));
    assertThat(migration.bench.audit.events(Operation.MIGRATE).get(1).details())
        .containsAllEntriesOf(
            Map.of(
                "from", migration.key.handle().toString(),
                "to", record.to().toString(),
                "way", "SUCCESSION",
                "statementByOld", record.byOld().signature().toHex(),
                "statementByNew", record.byNew().signature().toHex()));
  }

  static Stream<String> edits() {
    return Stream.of("byOld", "byNew", "at", "to", "version", "publicKey");
  }

  @ParameterizedTest
  @MethodSource("edits")
  void believesNoRecordThatWasPutTogether(String member) {
    MigrationRecord record = migration.run(migration.approved(migration.plan()));
    MigrationRecord other;
    try (MigrationBench elsewhere = new MigrationBench("production")) {
      elsewhere.bench.clock.advance(Duration.ofMinutes(5));
      other = elsewhere.run(elsewhere.approved(elsewhere.plan()));
    }
    MigrationRecord mixed =
        new MigrationRecord(
            record.proposal(),
            member.equals("to") ? other.to() : record.to(),
            member.equals("version") ? KeyVersionId.of("9") : record.toVersion(),
            member.equals("publicKey") ? other.toPublicKey() : record.toPublicKey(),
            member.equals("at") ? other.at() : record.at(),
            member.equals("byOld") ? other.byOld() : record.byOld(),
            member.equals("byNew") ? other.byNew() : record.byNew(),
            record.byEnclave());

    refused(
        ErrorCode.MIGRATION_RECORD_INVALID, () -> mixed.requireValid(Optional.empty(), Set.of()));
  }

  /** Each kind of request that a run sends. */
  static Stream<Arguments> cuts() {
    return Stream.of(
            Map.entry("source", List.of("load", "sign", "recordMove", "changeState")),
            Map.entry("target", List.of("create", "sign")))
        .flatMap(
            side ->
                side.getValue().stream()
                    .flatMap(
                        call ->
                            Stream.of(true, false)
                                .map(before -> Arguments.of(side.getKey(), call, before))));
  }

  /** The process ends at that request; another one runs the same plan. */
  @ParameterizedTest
  @MethodSource("cuts")
  void isFinishedByAnotherProcess_withOneKeyAtTheTarget(String side, String call, boolean before) {
    MigrationProposal proposal = migration.approved(migration.plan());
    BentProvider bent = side.equals("source") ? migration.source : migration.target;
    AtomicBoolean broken = new AtomicBoolean(true);
    BentProvider.Step end =
        () -> {
          if (broken.get()) {
            throw BackendFailure.permanent(FailureCode.UNAVAILABLE, "The process ended here.");
          }
        };
    if (before) {
      bent.before(call, end);
    } else {
      bent.after(call, end);
    }
    Throwable cut = catchThrowable(() -> migration.run(proposal));
    broken.set(false);
    boolean retired =
        migration.enclave.admin().key(migration.key.handle()).info().active().isEmpty();
    assertThat(cut).isInstanceOf(EnclaveException.class);
    if (retired) {
      assertThat(migration.records).as("the record was kept first").isNotEmpty();
    }

    try (Enclave another = migration.bench.open()) {
      Throwable again =
          catchThrowable(() -> another.admin().migrations().run(proposal, migration.records::add));
      if (retired) {
        assertThat(again)
            .isInstanceOfSatisfying(
                EnclaveException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.APPROVAL_USED));
      } else {
        assertThat(again).isNull();
      }
      assertThat(another.admin().key(migration.key.handle()).info().active()).isEmpty();
      assertThat(migration.records)
          .allSatisfy(record -> record.requireValid(Optional.of(migration.terms), Set.of()));
      assertThat(migration.records)
          .extracting(MigrationRecord::to)
          .containsOnly(migration.records.get(0).to());
      assertThat(another.signingKeys().key(migration.records.get(0).to()).info().versions())
          .hasSize(1);
    }
  }

  @Test
  void isGoneBackFrom_whileTheOldKeyIsThere() {
    MigrationRecord record = migration.run(migration.approved(migration.plan()));
    ManagedKey next = migration.enclave.admin().key(record.to());
    ManagedKey old = migration.enclave.admin().key(migration.key.handle());
    KeyVersionId version = record.proposal().plan().version();

    next.disable(record.toVersion());
    old.disable(version);
    old.enable(version);

    migration.key.sign(MigrationBench.MESSAGE);
    refused(
        ErrorCode.KEY_NOT_ACTIVE,
        () -> migration.enclave.signingKeys().key(record.to()).sign(MigrationBench.MESSAGE));
  }

  /** By somebody who took it for compromised, say. */
  @Test
  void leavesAVersionDisabled_thatSomebodyDisabledMeanwhile() {
    MigrationProposal proposal = migration.approved(migration.plan());
    ManagedKey old = migration.enclave.admin().key(migration.key.handle());

    refused(
        ErrorCode.MIGRATION_PLAN_OUTDATED,
        () ->
            migration
                .enclave
                .admin()
                .migrations()
                .run(proposal, record -> old.disable(proposal.plan().version())));

    assertThat(old.info().versions()).extracting(v -> v.state()).containsExactly(KeyState.DISABLED);
    refused(ErrorCode.KEY_NOT_ACTIVE, () -> migration.run(proposal));
  }

  @Test
  void saysThatTheOldKeyGoesOnSigning_whenItWasRotatedMeanwhile() {
    MigrationProposal proposal = migration.approved(migration.plan());
    ManagedKey old = migration.enclave.admin().key(migration.key.handle());

    assertThat(
            refused(
                ErrorCode.MIGRATION_PLAN_OUTDATED,
                () ->
                    migration
                        .enclave
                        .admin()
                        .migrations()
                        .run(
                            proposal,
                            record ->
                                old.rotate(RotationRequest.ifActive(proposal.plan().version())))))
        .contains("goes on signing");
    assertThat(old.info().active().map(KeyVersion::id)).isPresent();
  }

  @Test
  void carriesOutNoPlan_whoseApproversReadAnythingElseThanWhatIsThere() {
    MigrationPlan plan = migration.plan();
    Map<Aspect, String> praised = new EnumMap<>(plan.changes());
    praised.put(Aspect.ASSURANCE, "HSM afterwards, certified");
    MigrationPlan edited =
        new MigrationPlan(
            plan.createdAt(),
            plan.expiresAt(),
            plan.nonce(),
            plan.environment(),
            plan.key(),
            plan.version(),
            plan.publicKey(),
            plan.target(),
            plan.targetAuthority(),
            plan.way(),
            plan.obstacles(),
            praised);

    refused(ErrorCode.MIGRATION_PLAN_CHANGED, () -> migration.run(migration.approved(edited)));
  }

  static Stream<Arguments> otherStamps() {
    return Stream.of(
        Arguments.of(StampReading.of(EnvironmentType.DEVELOPMENT), ErrorCode.STAMP_MISMATCH),
        Arguments.of(StampReading.of(EnvironmentType.LOCAL), ErrorCode.STAMP_MISMATCH),
        Arguments.of(StampReading.of(EnvironmentType.STAGING), ErrorCode.STAMP_MISMATCH),
        Arguments.of(StampReading.none(), ErrorCode.STAMP_MISSING));
  }

  @ParameterizedTest
  @MethodSource("otherStamps")
  void migratesNoKeyWhoseStampIsNotTheEnvironments_howeverApproved(
      StampReading stamp, ErrorCode code) {
    MigrationProposal approved = migration.approved(migration.plan());
    migration.source.answering("load", read -> read.withStamp(stamp));

    refused(code, () -> migration.run(approved));
    assertThat(migration.records).isEmpty();
  }

  @Test
  void aSignerThatHeldTheOldVersionSignsNoMore() {
    VersionSigner held = migration.key.signer(Duration.ofSeconds(10));
    migration.run(migration.approved(migration.plan()));

    refused(ErrorCode.KEY_MIGRATED, () -> held.sign(MigrationBench.MESSAGE));
  }

  @Test
  void retiresNothing_whereTheRecordCannotBeKept() {
    MigrationProposal proposal = migration.approved(migration.plan());

    Throwable thrown =
        catchThrowable(
            () ->
                migration
                    .enclave
                    .admin()
                    .migrations()
                    .run(
                        proposal,
                        record -> {
                          throw new IllegalStateException("the disk is full");
                        }));

    assertThat(thrown).isNotNull();
    assertThat(migration.key.activeVersion().state()).isEqualTo(KeyState.ACTIVE);
    assertThat(migration.run(proposal).to().backend()).isEqualTo(MigrationBench.TARGET);
  }

  @Test
  void takesNoKeyOfTheSameName_thatAnotherOperationMade() {
    MigrationProposal proposal = migration.approved(migration.plan());
    migration.enclave.createKey(
        KeySpec.named("wallet-42")
            .algorithm(SigningAlgorithm.ECDSA_SECP256K1_SHA256)
            .on(MigrationBench.TARGET));

    refused(ErrorCode.KEY_ALREADY_EXISTS, () -> migration.run(proposal));
    assertThat(migration.key.activeVersion().state()).isEqualTo(KeyState.ACTIVE);
  }

  @Test
  void needsNoApproval_inDevelopment() {
    try (MigrationBench relaxed = new MigrationBench("development")) {
      MigrationRecord record = relaxed.run(MigrationProposal.unsigned(relaxed.plan()));

      record.requireValid(Optional.empty(), Set.of());
    }
  }

  @Test
  void needsApproval_inStaging() {
    try (MigrationBench staging = new MigrationBench("staging")) {
      MigrationProposal unsigned = MigrationProposal.unsigned(staging.plan());

      refused(ErrorCode.MIGRATION_NOT_APPROVED, () -> staging.run(unsigned));
      staging
          .run(staging.approved(staging.plan()))
          .requireValid(Optional.of(staging.terms), Set.of());
    }
  }
}

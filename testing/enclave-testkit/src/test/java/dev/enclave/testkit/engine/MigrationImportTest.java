package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.Enclave;
import dev.enclave.KeyOrigin;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.MigrationWay;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A migration by import, whole and cut short. */
class MigrationImportTest {

  private final MigrationBench migration = new MigrationBench("development");
  private final List<ExportedKey> given = new CopyOnWriteArrayList<>();

  @BeforeEach
  void watchWhatIsGivenOut() {
    migration.source.exporting(
        key -> {
          given.add(key);
          return key;
        });
  }

  /** In all of them that the source gave out. */
  private void requireOverwritten() {
    for (ExportedKey key : given) {
      for (ExportedKey.Version version : key.versions()) {
        SecretBytes material = version.material().orElseThrow();
        assertThatIllegalStateException().isThrownBy(material::exposeSecret);
      }
    }
  }

  @AfterEach
  void close() {
    migration.close();
  }

  private MigrationPlan plan() {
    return migration
        .enclave
        .admin()
        .migrations()
        .plan(migration.key.handle(), MigrationBench.TARGET, MigrationWay.IMPORT);
  }

  @Test
  void bringsTheKeyToTheTarget_whereItsOldSignaturesVerify() {
    SignatureValue before = migration.key.sign(MigrationBench.MESSAGE);
    MigrationPlan plan = plan();
    assertThat(plan.way()).contains(MigrationWay.IMPORT);

    MigrationRecord record = migration.run(MigrationProposal.unsigned(plan));

    assertThat(given).hasSize(1);
    requireOverwritten();
    MigrationRecord.parse(record.toString()).requireValid(Optional.empty(), Set.of());
    SigningKey next = migration.enclave.signingKeys().key(record.to());
    assertThat(next.publicKey()).isEqualTo(plan.publicKey());
    assertThat(next.activeVersion().origin()).isEqualTo(KeyOrigin.IMPORTED);
    assertThat(next.verify(MigrationBench.MESSAGE, before.toByteArray(), before.encoding()))
        .isTrue();
    SignatureValue after = next.sign(MigrationBench.MESSAGE);
    assertThat(migration.key.verify(MigrationBench.MESSAGE, after.toByteArray(), after.encoding()))
        .isTrue();
    refused(ErrorCode.KEY_MIGRATED, () -> migration.key.sign(MigrationBench.MESSAGE));
    assertThat(migration.bench.audit.events(Operation.MIGRATE).get(1).details())
        .containsEntry("way", "IMPORT");
    refused(ErrorCode.APPROVAL_USED, () -> migration.run(MigrationProposal.unsigned(plan)));
  }

  static Stream<Arguments> cuts() {
    return Stream.of(
            Map.entry("source", List.of("load", "export", "sign", "recordMove", "changeState")),
            Map.entry("target", List.of("restore", "sign")))
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
  void isFinishedByAnotherProcess(String side, String call, boolean before) {
    MigrationProposal proposal = MigrationProposal.unsigned(plan());
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
    requireOverwritten();
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
      MigrationRecord record = migration.records.get(0);
      assertThat(another.signingKeys().key(record.to()).publicKey())
          .isEqualTo(proposal.plan().publicKey());
      assertThat(another.signingKeys().key(record.to()).info().versions()).hasSize(1);
    }
    assertThat(given).isNotEmpty();
    requireOverwritten();
  }

  @Test
  void isNoWay_forAKeyOfSeveralVersions() {
    migration
        .enclave
        .admin()
        .key(migration.key.handle())
        .rotate(RotationRequest.ifActive(migration.key.activeVersion().id()));

    MigrationPlan plan = plan();

    assertThat(plan.way()).isEmpty();
    assertThat(plan.obstacles().get(MigrationWay.IMPORT)).contains("the key has 2 versions");
    refused(ErrorCode.UNSUPPORTED_OPERATION, () -> migration.run(MigrationProposal.unsigned(plan)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"production", "staging"})
  void isNoWay_whereApprovalsAreNeeded(String environment) {
    try (MigrationBench strict = new MigrationBench(environment)) {
      MigrationPlan plan =
          strict
              .enclave
              .admin()
              .migrations()
              .plan(strict.key.handle(), MigrationBench.TARGET, MigrationWay.IMPORT);
      MigrationPlan forced =
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
              Optional.of(MigrationWay.IMPORT),
              plan.obstacles(),
              plan.changes());
      strict.source.refuseEffects();
      strict.target.refuseEffects();

      assertThat(plan.way()).isEmpty();
      assertThat(plan.obstacles()).containsKey(MigrationWay.IMPORT);
      MigrationProposal approved = strict.approved(forced);
      refused(ErrorCode.UNSUPPORTED_OPERATION, () -> strict.run(approved));
    }
  }

  @Test
  void makesNothingOfAKeyThatIsThereAlready() {
    MigrationProposal proposal = MigrationProposal.unsigned(plan());
    migration.enclave.createKey(
        dev.enclave.KeySpec.named("wallet-42")
            .algorithm(dev.enclave.SigningAlgorithm.ECDSA_SECP256K1_SHA256)
            .on(MigrationBench.TARGET));

    refused(ErrorCode.KEY_ALREADY_EXISTS, () -> migration.run(proposal));
    migration.key.sign(MigrationBench.MESSAGE);
  }
}

package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The handle of a key that was migrated tells where the key is, and leads there where wanted. */
class MigratedKeyTest {

  private final MigrationBench migration = new MigrationBench("production");

  @AfterEach
  void close() {
    migration.close();
  }

  private MigrationRecord migrated() {
    return migration.run(migration.approved(migration.plan()));
  }

  private Enclave following() {
    migration.bench.set("enclave.migration.follow", "true");
    return migration.bench.open();
  }

  @Test
  void namesTheNewKey_whereItSignsNoMore() {
    MigrationRecord record = migrated();

    assertThatThrownBy(() -> migration.key.sign(MigrationBench.MESSAGE))
        .isInstanceOfSatisfying(
            EnclaveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY_MIGRATED))
        .hasMessageContaining(record.to().toString());
    refused(ErrorCode.KEY_MIGRATED, () -> migration.key.signer());
    refused(ErrorCode.KEY_MIGRATED, migration::plan);
    assertThat(migration.key.info().movedTo()).contains(record.to());
    try (Enclave another = migration.bench.open()) {
      refused(
          ErrorCode.KEY_MIGRATED,
          () -> another.signingKeys().key(migration.key.handle()).sign(MigrationBench.MESSAGE));
    }
  }

  @Test
  void verifiesWhatEitherKeySigned_byTheOldHandle_whereItIsToBeFollowed() {
    SignatureValue old = migration.key.sign(MigrationBench.MESSAGE);
    MigrationRecord record = migrated();
    SignatureValue next =
        migration.enclave.signingKeys().key(record.to()).sign(MigrationBench.MESSAGE);
    Message other = Message.ofUtf8("pay 11 to Alice");

    try (Enclave following = following()) {
      SigningKey key = following.signingKeys().key(migration.key.handle());
      for (SignatureValue each : new SignatureValue[] {old, next}) {
        assertThat(key.verify(MigrationBench.MESSAGE, each)).isTrue();
        assertThat(key.verify(other, each)).isFalse();
        assertThat(key.verify(MigrationBench.MESSAGE, each.toByteArray(), each.encoding()))
            .isTrue();
        assertThat(key.verify(other, each.toByteArray(), each.encoding())).isFalse();
      }
      SigningKey stranger =
          migration
              .stranger
              .own()
              .createKey(KeySpec.named("their-own").algorithm(SigningAlgorithm.ED25519));
      assertThat(key.verify(MigrationBench.MESSAGE, stranger.sign(MigrationBench.MESSAGE)))
          .isFalse();
    }
  }

  /** Whoever may write tags would else make signatures of a key of theirs valid. */
  @Test
  void verifiesByTheOldKeyAlone_unlessItIsToBeFollowed() {
    SignatureValue old = migration.key.sign(MigrationBench.MESSAGE);
    MigrationRecord record = migrated();
    SignatureValue next =
        migration.enclave.signingKeys().key(record.to()).sign(MigrationBench.MESSAGE);

    assertThat(migration.key.verify(MigrationBench.MESSAGE, old)).isTrue();
    assertThat(migration.key.verify(MigrationBench.MESSAGE, next)).isFalse();
    assertThat(migration.key.verify(MigrationBench.MESSAGE, next.toByteArray(), next.encoding()))
        .isFalse();
  }

  @Test
  void signsWithTheNewKey_whereItIsToBeFollowed() {
    MigrationRecord record = migrated();

    try (Enclave following = following()) {
      SigningKey old = following.signingKeys().key(migration.key.handle());
      SignatureValue signed = old.sign(MigrationBench.MESSAGE);
      SignatureValue again = old.sign(MigrationBench.MESSAGE);

      assertThat(signed.key()).isEqualTo(record.to());
      assertThat(again.key()).isEqualTo(record.to());
      assertThat(old.verify(MigrationBench.MESSAGE, signed)).isTrue();
      assertThat(old.signer().publicKey()).isEqualTo(record.toPublicKey());
    }
    assertThat(migration.bench.audit.events(Operation.SIGN))
        .filteredOn(event -> event.errorCode().equals(Optional.of(ErrorCode.KEY_MIGRATED)))
        .isEmpty();
  }

  /** The process that read the key last while it signed learns of the migration by a refusal. */
  @Test
  void followsAKey_thatAnotherProcessMigrated() {
    try (Enclave following = following()) {
      SigningKey old = following.signingKeys().key(migration.key.handle());
      old.sign(MigrationBench.MESSAGE);
      MigrationRecord record = migrated();
      migration.bench.clock.advance(Duration.ofMinutes(10));

      assertThat(old.sign(MigrationBench.MESSAGE).key()).isEqualTo(record.to());
    }
  }

  @Test
  void asksTheTargetsPolicy_whereItIsFollowed() {
    MigrationRecord record = migrated();
    migration.enclave.admin().key(record.to()).disable(record.toVersion());

    try (Enclave following = following()) {
      SigningKey old = following.signingKeys().key(migration.key.handle());
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> old.sign(MigrationBench.MESSAGE));
    }
    migration.bench.set("enclave.backends", "source");
    try (Enclave narrowed = migration.bench.open()) {
      SigningKey old = narrowed.signingKeys().key(migration.key.handle());
      refused(ErrorCode.BACKEND_NOT_ALLOWED, () -> old.sign(MigrationBench.MESSAGE));
    }
  }

  @Test
  void forgetsWhereItWent_onceItSignsAgain() {
    MigrationRecord record = migrated();
    ManagedKey old = migration.enclave.admin().key(migration.key.handle());

    old.disable(record.proposal().plan().version());
    assertThat(old.info().movedTo()).contains(record.to());
    old.enable(record.proposal().plan().version());

    assertThat(old.info().movedTo()).isEmpty();
    migration.key.sign(MigrationBench.MESSAGE);
    old.disable(record.proposal().plan().version());
    refused(ErrorCode.KEY_NOT_ACTIVE, () -> migration.key.sign(MigrationBench.MESSAGE));
  }
}

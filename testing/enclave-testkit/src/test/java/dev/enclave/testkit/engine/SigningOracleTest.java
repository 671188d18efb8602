package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Enclave;
import dev.enclave.Fallback;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.SignatureVerifier.StatementVerdict;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.SuccessionStatement;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.PlanSignature;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Who may have a key sign texts and digests of their choice makes no statement of Enclave's by it.
 */
class SigningOracleTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Mallory");
  private static final Instant LATER = Instant.parse("2046-01-01T00:00:00Z");

  private final Bench bench = Bench.in("production").with(new InMemoryProvider());

  private static SigningKey newKey(Enclave enclave) {
    return enclave.createKey(
        KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }

  /** The message itself is refused; its digest is signed, since nobody can tell what it is of. */
  private static SignatureValue bySigning(SigningKey key, Message text) {
    assertThat(refused(ErrorCode.MESSAGE_RESERVED, () -> key.sign(text)))
        .contains(key.handle().name().value());
    refused(ErrorCode.MESSAGE_RESERVED, () -> key.signer().sign(text));
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.toByteArray());
      return key.sign(Digest.of(DigestAlgorithm.SHA_256, digest));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static StatementSignature claiming(PublicKeyInfo statementKey, SignatureValue made) {
    return new StatementSignature(statementKey.fingerprint(), made.bytes());
  }

  /** A companion of the attacker's own, in their hands. */
  private static final class Companion {

    final KeyHandle handle =
        new KeyHandle(
            BackendId.of("software"),
            "/tmp/mallory",
            KeyName.of("enclave-fallback-0-1"),
            Optional.empty());
    final KeyVersionId version = KeyVersionId.of("1");
    final PublicKeyInfo publicKey;
    private final KeyPair pair;

    Companion() throws GeneralSecurityException {
      KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
      pairs.initialize(new ECGenParameterSpec("secp256r1"));
      pair = pairs.generateKeyPair();
      publicKey =
          PublicKeyInfo.fromSpki(pair.getPublic().getEncoded(), SigningAlgorithm.ECDSA_P256_SHA256);
    }

    Message endorsing(SigningKey key, Instant from, Instant until) {
      return Fallback.Endorsement.messageOf(
          key.handle(),
          key.activeVersion().id(),
          "production",
          handle,
          version,
          publicKey,
          from,
          until);
    }

    SignatureValue sign(SigningKey key, Instant from, Instant until, StatementSignature word)
        throws GeneralSecurityException {
      Signature signing = Signature.getInstance("SHA256withECDSA");
      signing.initSign(pair.getPrivate());
      signing.update(MESSAGE.toByteArray());
      return new Fallback.Endorsement(
              key.handle(),
              key.activeVersion().id(),
              "production",
              handle,
              version,
              publicKey,
              from,
              until,
              word)
          .on(
              SignatureValue.of(
                  Bytes.of(signing.sign()),
                  SignatureEncoding.DER,
                  SigningAlgorithm.ECDSA_P256_SHA256,
                  handle,
                  version,
                  Optional.empty()));
    }
  }

  @Test
  void endorsesNoCompanion() throws Exception {
    try (Enclave enclave = bench.open()) {
      SigningKey key = newKey(enclave);
      Companion companion = new Companion();
      Instant until = LATER.plus(Duration.ofHours(1));
      SignatureValue made = bySigning(key, companion.endorsing(key, LATER, until));
      List<StatementSignature> claims =
          List.of(claiming(key.publicKey(), made), claiming(enclave.admin().statementKey(), made));
      for (StatementSignature claim : claims) {
        SignatureValue forged = companion.sign(key, LATER, until, claim);
        assertThat(enclave.fallback().verifier(key, "production").verify(MESSAGE, forged, LATER))
            .isFalse();
      }
      refused(
          ErrorCode.INVALID_ARGUMENT,
          () ->
              Fallback.Verifier.of(
                  key.handle(), key.publicKeys(), Set.of(key.publicKey()), "production"));
    }
  }

  /** What a verifier makes of an endorsement that a statement key did sign. */
  @Test
  void endorsesACompanion_byTheStatementKeyAlone_andAtItsTimes() throws Exception {
    try (Enclave enclave = bench.open();
        Enclave elsewhere = Bench.in("production").with(new InMemoryProvider()).open()) {
      SigningKey key = newKey(enclave);
      Companion companion = new Companion();
      Instant until = LATER.plus(Duration.ofHours(8));
      KeyPairGenerator pairs = KeyPairGenerator.getInstance("Ed25519");
      KeyPair pair = pairs.generateKeyPair();
      PublicKeyInfo statementKey =
          PublicKeyInfo.fromSpki(pair.getPublic().getEncoded(), SigningAlgorithm.ED25519);
      Signature signing = Signature.getInstance("Ed25519");
      signing.initSign(pair.getPrivate());
      signing.update(companion.endorsing(key, LATER, until).toByteArray());
      SignatureValue signature =
          companion.sign(
              key,
              LATER,
              until,
              new StatementSignature(statementKey.fingerprint(), Bytes.of(signing.sign())));
      Fallback.Verifier knowing =
          Fallback.Verifier.of(key.handle(), key.publicKeys(), Set.of(statementKey), "production");
      Duration apart = Fallback.Verifier.CLOCKS_APART;

      assertThat(knowing.verify(MESSAGE, signature, LATER)).isTrue();
      assertThat(knowing.verify(MESSAGE, signature, LATER.minus(apart))).isTrue();
      assertThat(knowing.verify(MESSAGE, signature, LATER.minus(apart).minusSeconds(1))).isFalse();
      assertThat(knowing.verify(MESSAGE, signature, until.minusSeconds(1))).isTrue();
      assertThat(knowing.verify(MESSAGE, signature, until)).isFalse();
      assertThat(
              Fallback.Verifier.of(
                      key.handle(),
                      key.publicKeys(),
                      Set.of(elsewhere.admin().statementKey()),
                      "production")
                  .verify(MESSAGE, signature, LATER))
          .isFalse();
      assertThat(
              Fallback.Verifier.of(key.handle(), key.publicKeys(), Set.of(), "production")
                  .verify(MESSAGE, signature, LATER))
          .isFalse();
      refused(
          ErrorCode.INVALID_ENDORSEMENT,
          () ->
              companion.sign(
                  key,
                  LATER,
                  LATER.plus(Duration.ofDays(1)).plusSeconds(1),
                  Fallback.Endorsement.of(signature).orElseThrow().signature()));
    }
  }

  @Test
  void namesNoSuccessor() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = newKey(enclave);
      KeyVersion old = key.activeVersion();
      SuccessionStatement genuine =
          enclave.admin().key(key.handle()).rotate(RotationRequest.now()).statement().orElseThrow();
      PublicKeyInfo trusted = old.publicKey().orElseThrow();
      Set<PublicKeyInfo> statementKeys = Set.of(enclave.admin().statementKey());
      assertThat(genuine.verdict(trusted, Set.of())).isEqualTo(StatementVerdict.SIGNED_WITH_KEY);
      assertThat(genuine.verdict(trusted, statementKeys)).isEqualTo(StatementVerdict.BY_ENCLAVE);
      assertThat(genuine.verdict(key.publicKey(), statementKeys))
          .isEqualTo(StatementVerdict.INVALID);

      // The new version's callers name a successor of their own.
      Message text =
          SuccessionStatement.messageOf(
              key.handle(),
              genuine.to(),
              KeyVersionId.of("9"),
              genuine.toFingerprint(),
              bench.clock.now());
      SignatureValue made = bySigning(key, text);
      SuccessionStatement forged =
          new SuccessionStatement(
              key.handle(),
              genuine.to(),
              KeyVersionId.of("9"),
              genuine.toFingerprint(),
              bench.clock.now(),
              made,
              claiming(enclave.admin().statementKey(), made));
      assertThat(forged.verdict(key.publicKey(), Set.of()))
          .isEqualTo(StatementVerdict.SIGNED_WITH_KEY);
      assertThat(forged.verdict(key.publicKey(), statementKeys))
          .isEqualTo(StatementVerdict.INVALID);
    }
  }

  @Test
  void approvesNoPlan() {
    try (MigrationBench migration = new MigrationBench("production")) {
      MigrationPlan plan = migration.plan();
      MigrationProposal good = migration.approved(plan);
      Instant at = migration.bench.clock.now();
      SignatureValue made =
          bySigning(
              migration.key, PlanSignature.messageOf(PlanSignature.Role.APPROVER, plan.hash(), at));
      PlanSignature own = signature(plan, migration.key.publicKey(), at, made);
      PlanSignature claimed = signature(plan, migration.second.publicKey(), at, made);

      refused(ErrorCode.MIGRATION_NOT_APPROVED, () -> migration.run(with(good, own)));
      refused(ErrorCode.APPROVAL_INVALID, () -> migration.run(with(good, claimed)));
      assertThat(migration.records).isEmpty();
    }
  }

  private static PlanSignature signature(
      MigrationPlan plan, PublicKeyInfo key, Instant at, SignatureValue made) {
    return new PlanSignature(
        PlanSignature.Role.APPROVER,
        plan.hash(),
        key,
        at,
        key.algorithm().defaultEncoding(),
        made.bytes());
  }

  private static MigrationProposal with(MigrationProposal proposal, PlanSignature second) {
    return new MigrationProposal(
        proposal.plan(), proposal.proposer(), List.of(proposal.approvals().get(0), second));
  }

  @Test
  void makesNoRecordOfAMigration() {
    try (MigrationBench migration = new MigrationBench("development")) {
      MigrationPlan plan = migration.plan();
      SigningKey next =
          migration.enclave.createKey(
              KeySpec.named("wallet-42")
                  .algorithm(SigningAlgorithm.ECDSA_SECP256K1_SHA256)
                  .on(MigrationBench.TARGET));
      Instant at = migration.bench.clock.now();
      Message text =
          MigrationRecord.messageOf(
              plan, next.handle(), next.activeVersion().id(), next.publicKey(), at);
      SignatureValue old = bySigning(migration.key, text);
      SignatureValue back = bySigning(next, text);
      PublicKeyInfo statementKey = migration.enclave.admin().statementKey();
      MigrationRecord forged =
          new MigrationRecord(
              MigrationProposal.unsigned(plan),
              next.handle(),
              next.activeVersion().id(),
              next.publicKey(),
              at,
              new MigrationRecord.Statement(old.encoding(), old.bytes()),
              new MigrationRecord.Statement(back.encoding(), back.bytes()),
              claiming(statementKey, old));

      assertThat(forged.requireValid(Optional.empty(), Set.of()))
          .isEqualTo(StatementVerdict.SIGNED_WITH_KEY);
      assertThat(
              refused(
                  ErrorCode.MIGRATION_RECORD_INVALID,
                  () -> forged.requireValid(Optional.empty(), Set.of(statementKey))))
          .contains("no statement key");
    }
  }

  @Test
  void makesTheRecordOfAMigrationThatTookPlace() {
    try (MigrationBench migration = new MigrationBench("development")) {
      MigrationRecord record = migration.run(MigrationProposal.unsigned(migration.plan()));
      PublicKeyInfo source = migration.enclave.admin().statementKey(BackendId.of("source"));
      PublicKeyInfo target = migration.enclave.admin().statementKey(MigrationBench.TARGET);

      assertThat(record.requireValid(Optional.empty(), Set.of()))
          .isEqualTo(StatementVerdict.SIGNED_WITH_KEY);
      assertThat(record.requireValid(Optional.empty(), Set.of(source)))
          .isEqualTo(StatementVerdict.BY_ENCLAVE);
      refused(
          ErrorCode.MIGRATION_RECORD_INVALID,
          () -> record.requireValid(Optional.empty(), Set.of(target)));
      assertThat(MigrationRecord.parse(record.toString())).isEqualTo(record);
    }
  }

  /** A checkpoint is signed by the log's own key, and by one that callers cannot name. */
  @Test
  void makesNoCheckpoint() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = newKey(enclave);
      Message checkpoint = Message.ofUtf8("enclave-audit/0123456789abcdef\n42\nAAAA\n");
      SignatureValue made = bySigning(key, checkpoint);
      assertThat(SignatureVerifier.of(key.publicKey()).verify(checkpoint, made)).isTrue();
      refused(
          ErrorCode.KEY_NAME_RESERVED, () -> enclave.signingKeys().key("enclave-audit-checkpoint"));
    }
  }

  @Test
  void keepsTheStatementKeyFromCallers() {
    try (Enclave enclave = bench.open()) {
      PublicKeyInfo statementKey = enclave.admin().statementKey();
      assertThat(enclave.admin().statementKey()).isEqualTo(statementKey);
      assertThat(statementKey.algorithm()).isEqualTo(SigningAlgorithm.ED25519);
      String name = "enclave-statements-production";
      KeyHandle handle =
          new KeyHandle(
              newKey(enclave).handle().backend(),
              newKey2(enclave).handle().authority(),
              KeyName.of(name),
              Optional.of(statementKey.fingerprint()));
      refused(ErrorCode.KEY_NAME_RESERVED, () -> enclave.signingKeys().key(name));
      refused(ErrorCode.KEY_NAME_RESERVED, () -> enclave.signingKeys().key(handle));
      refused(ErrorCode.KEY_NAME_RESERVED, () -> enclave.signingKeys().find(name));
      refused(ErrorCode.KEY_NAME_RESERVED, () -> enclave.admin().key(name));
      refused(ErrorCode.KEY_NAME_RESERVED, () -> enclave.admin().key(handle));
      refused(
          ErrorCode.KEY_NAME_RESERVED,
          () -> enclave.ensureKey(KeySpec.named(name).algorithm(SigningAlgorithm.ED25519)));
      refused(
          ErrorCode.KEY_NAME_RESERVED,
          () -> enclave.createKey(KeySpec.named(name).algorithm(SigningAlgorithm.ED25519)));
      refused(
          ErrorCode.KEY_NAME_RESERVED,
          () -> enclave.admin().migrations().plan(handle, BackendId.of("in-memory")));
      assertThat(enclave.admin().keyNames()).doesNotContain(KeyName.of(name));
      assertThat(enclave.admin().rotateDue().rotated()).isEmpty();
    }
  }

  /** One backend with keys of two environment types: neither states anything for the other. */
  @Test
  void hasAStatementKeyForEachEnvironmentType() {
    InMemoryStore store = new InMemoryStore();
    try (Enclave development = Bench.in("development").with(new InMemoryProvider(store)).open();
        Enclave production = Bench.in("production").with(new InMemoryProvider(store)).open();
        Enclave replica = Bench.in("production").with(new InMemoryProvider(store)).open()) {
      PublicKeyInfo developments = development.admin().statementKey();
      assertThat(production.admin().statementKey())
          .isNotEqualTo(developments)
          .isEqualTo(replica.admin().statementKey());
      refused(
          ErrorCode.KEY_NAME_RESERVED,
          () -> production.signingKeys().key("enclave-statements-development"));
    }
  }

  /** Else each attempt would leave a version that nobody activates, and a cloud charges for. */
  @Test
  void makesNoVersion_whereTheStatementKeyCannotBeMade() {
    BentProvider bent = new BentProvider("bent");
    try (Enclave enclave = Bench.in("production").with(bent).open()) {
      SigningKey key = newKey(enclave);
      bent.before(
          "create",
          () -> {
            throw new IllegalStateException("the identity may make no keys");
          });
      assertThatThrownBy(() -> enclave.admin().key(key.handle()).rotate(RotationRequest.now()))
          .isInstanceOf(EnclaveException.class);
      assertThat(key.info().versions()).hasSize(1);

      // Whoever rotates for a compromise states nothing, and needs nothing but the key.
      enclave
          .admin()
          .key(key.handle())
          .rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
      bent.before("create", () -> {});
      assertThat(enclave.admin().key(key.handle()).rotate(RotationRequest.now()).statement())
          .isPresent();
    }
  }

  private static SigningKey newKey2(Enclave enclave) {
    return enclave.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ED25519));
  }

  @Test
  void recordsWhatTheStatementKeySigned() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = newKey(enclave);
      enclave.by("ops").admin().key(key.handle()).rotate(RotationRequest.now());
      assertThat(bench.audit.events(Operation.SIGN))
          .filteredOn(
              event -> event.key().equals(Optional.of(KeyName.of("enclave-statements-production"))))
          .extracting(AuditEvent::details)
          .last()
          .satisfies(
              details ->
                  assertThat(details)
                      .containsEntry("statement", "succession")
                      .containsEntry("of", key.handle().toString()));
    }
  }
}

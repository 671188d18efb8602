package dev.enclave.testkit.engine;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SealedBytes;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.RotationReport;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.DestructionProposal;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.MigrationWay;
import dev.enclave.migration.ReinstatementProposal;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.testkit.InMemoryProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/**
 * A public method by which a key that was made elsewhere could come into use.
 *
 * @param method its name and parameters
 * @param refusal how it must end
 * @param action calls it
 */
record PathOfAKey(String method, ErrorCode refusal, Action action) {

  private static final KeySpec<SigningKey> KEY =
      KeySpec.named("wallet-42")
          .algorithm(SigningAlgorithm.ED25519)
          .rotation(RotationInterval.every(Duration.ofDays(1)));
  private static final KeySpec<WrappingKey> KEK =
      KeySpec.named("kek-1").algorithm(WrappingAlgorithm.AES_256_GCM);
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final byte[] PLAIN = {1, 2, 3};
  private static final byte[] NOTHING = {};
  private static final String PASSWORD = "correct horse battery";

  interface Action {
    void run(Strict there);
  }

  /** What was made where less is asked for. */
  record Made(
      SignatureValue signature,
      SealedBytes box,
      KeyBackup backup,
      MigrationPlan plan,
      MigrationRecord record) {

    static Made in(EnvironmentType relaxed, BentProvider backend) {
      try (Enclave enclave =
          Bench.in(name(relaxed))
              .set("enclave.backend", "bent")
              .with(backend)
              .with(new InMemoryProvider().id("elsewhere"))
              .open()) {
        SigningKey key = enclave.createKey(KEY);
        return new Made(
            key.sign(MESSAGE),
            enclave.createKey(KEK).seal(PLAIN, NOTHING),
            enclave.admin().key(key.handle()).backup(PASSWORD.toCharArray()),
            enclave.admin().migrations().plan(key.handle(), BackendId.of("bent")),
            moved(enclave));
      }
    }
  }

  private static MigrationRecord moved(Enclave enclave) {
    SigningKey key = enclave.createKey(KeySpec.named("moved").algorithm(SigningAlgorithm.ED25519));
    return enclave
        .admin()
        .migrations()
        .run(
            MigrationProposal.unsigned(
                enclave.admin().migrations().plan(key.handle(), BackendId.of("elsewhere"))),
            record -> {});
  }

  /**
   * The same backend, opened where more is asked for.
   *
   * @param key a handle on the foreign key, from when its stamp was read as this environment's own
   */
  record Strict(Enclave enclave, SigningKey key, WrappingKey kek, Made made)
      implements AutoCloseable {

    /** From now on the stamp is read as it is, and nothing but reading is asked of the backend. */
    static Strict in(EnvironmentType strict, BentProvider backend, Made made) {
      Bench bench = Bench.in(name(strict)).with(backend);
      Enclave enclave = bench.open();
      backend.answering("load", key -> stamped(key, strict));
      Strict there =
          new Strict(
              enclave,
              enclave.signingKeys().key("wallet-42"),
              enclave.wrappingKeys().key("kek-1"),
              made);
      backend.answering("load", key -> key).refuseEffects();
      backend.before("create", () -> {});
      bench.clock.advance(Duration.ofDays(2));
      return there;
    }

    @Override
    public void close() {
      enclave.close();
    }
  }

  private static String name(EnvironmentType environment) {
    return environment.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static KeySnapshot stamped(KeySnapshot key, EnvironmentType stamp) {
    return key.withStamp(StampReading.of(stamp));
  }

  void take(Strict there) {
    try {
      action.run(there);
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  @Override
  public String toString() {
    return method;
  }

  static Stream<PathOfAKey> all() {
    return Stream.of(creating(), finding(), ofTheEnclave(), ofKeys()).flatMap(List::stream);
  }

  private static PathOfAKey of(String method, Action action) {
    return new PathOfAKey(method, ErrorCode.STAMP_MISMATCH, action);
  }

  private static List<PathOfAKey> creating() {
    return List.of(
        new PathOfAKey(
            "Enclave.createKey(KeySpec)",
            ErrorCode.KEY_ALREADY_EXISTS,
            s -> s.enclave().createKey(KEY)),
        of("Enclave.ensureKey(KeySpec)", s -> s.enclave().ensureKey(KEY)));
  }

  private static List<PathOfAKey> finding() {
    return List.of(
        of("Keys.key(String)", s -> s.enclave().signingKeys().key("wallet-42")),
        of("Keys.key(KeyName)", s -> s.enclave().signingKeys().key(s.key().handle().name())),
        of("Keys.find(String)", s -> s.enclave().signingKeys().find("wallet-42")),
        of("Keys.find(KeyName)", s -> s.enclave().signingKeys().find(s.key().handle().name())),
        of("Keys.key(KeyHandle)", s -> s.enclave().signingKeys().key(s.key().handle())),
        of("Enclave.wrappingKeys()", s -> s.enclave().wrappingKeys().key("kek-1")),
        of("Administration.key(KeyName)", s -> s.enclave().admin().key(s.key().handle().name())),
        of("Administration.key(String)", s -> s.enclave().admin().key("wallet-42")),
        of(
            "Migrations.plan(KeyHandle,BackendId)",
            s -> s.enclave().admin().migrations().plan(s.key().handle(), BackendId.of("bent"))),
        of(
            "Migrations.plan(KeyHandle,BackendId,MigrationWay)",
            s ->
                s.enclave()
                    .admin()
                    .migrations()
                    .plan(s.key().handle(), BackendId.of("bent"), MigrationWay.IMPORT)),
        of(
            "Migrations.rehearse(MigrationProposal)",
            s ->
                s.enclave()
                    .admin()
                    .migrations()
                    .rehearse(MigrationProposal.unsigned(s.made().plan()))),
        new PathOfAKey(
            "Migrations.run(MigrationProposal,Consumer)",
            ErrorCode.MIGRATION_NOT_APPROVED,
            s ->
                s.enclave()
                    .admin()
                    .migrations()
                    .run(MigrationProposal.unsigned(s.made().plan()), record -> {})),
        of(
            "Migrations.planDestruction(MigrationRecord)",
            s -> s.enclave().admin().migrations().planDestruction(s.made().record())),
        new PathOfAKey(
            "Migrations.destroy(DestructionProposal)",
            ErrorCode.MIGRATION_NOT_APPROVED,
            s ->
                s.enclave()
                    .admin()
                    .migrations()
                    .destroy(
                        DestructionProposal.unsigned(
                            s.made().record(), Instant.EPOCH, Instant.EPOCH))),
        of("Administration.key(KeyHandle)", s -> s.enclave().admin().key(s.key().handle())));
  }

  private static List<PathOfAKey> ofTheEnclave() {
    return List.of(
        of("Administration.rotateDue()", s -> requireComplete(s.enclave().admin().rotateDue())),
        of("Enclave.seal(String,byte[],byte[])", s -> s.enclave().seal("kek-1", PLAIN, NOTHING)),
        of(
            "Enclave.seal(KeyName,byte[],byte[])",
            s -> s.enclave().seal(KeyName.of("kek-1"), PLAIN, NOTHING)),
        of("Enclave.unseal(SealedBytes,byte[])", s -> s.enclave().unseal(s.made().box(), NOTHING)),
        of("Enclave.reseal(SealedBytes,byte[])", s -> s.enclave().reseal(s.made().box(), NOTHING)),
        new PathOfAKey(
            "Administration.restore(String,KeyBackup,char[])",
            ErrorCode.MIGRATION_NOT_APPROVED,
            s ->
                s.enclave().admin().restore("restored", s.made().backup(), PASSWORD.toCharArray())),
        new PathOfAKey(
            "Administration.restore(KeyName,KeyBackup,char[])",
            ErrorCode.MIGRATION_NOT_APPROVED,
            s ->
                s.enclave()
                    .admin()
                    .restore(KeyName.of("restored"), s.made().backup(), PASSWORD.toCharArray())));
  }

  private static List<PathOfAKey> ofKeys() {
    return List.of(
        of("EnclaveKey.info()", s -> s.key().info()),
        of("EnclaveKey.activeVersion()", s -> s.key().activeVersion()),
        of(
            "ManagedKey.attestation(KeyVersionId,List)",
            s -> s.enclave().admin().key(s.key().handle()).attestation(version(s), List.of())),
        of(
            "ManagedKey.rotate(RotationRequest)",
            s ->
                s.enclave()
                    .admin()
                    .key(s.key().handle())
                    .rotate(RotationRequest.ifActive(s.made().signature().version()))),
        of(
            "ManagedKey.publishNext()",
            s -> s.enclave().admin().key(s.key().handle()).publishNext()),
        of(
            "ManagedKey.changeRotation(RotationInterval)",
            s -> s.enclave().admin().key(s.key().handle()).changeRotation(RotationInterval.NEVER)),
        of(
            "ManagedKey.disable(KeyVersion)",
            s -> s.enclave().admin().key(s.key().handle()).disable(itself(s))),
        of(
            "ManagedKey.disable(KeyVersionId)",
            s -> s.enclave().admin().key(s.key().handle()).disable(version(s))),
        of(
            "ManagedKey.enable(KeyVersion)",
            s -> s.enclave().admin().key(s.key().handle()).enable(itself(s))),
        of(
            "ManagedKey.enable(KeyVersionId)",
            s -> s.enclave().admin().key(s.key().handle()).enable(version(s))),
        of(
            "ManagedKey.planReinstatement(KeyVersionId)",
            s -> s.enclave().admin().key(s.key().handle()).planReinstatement(version(s))),
        of(
            "ManagedKey.reinstate(ReinstatementProposal)",
            s ->
                s.enclave()
                    .admin()
                    .key(s.key().handle())
                    .reinstate(
                        new ReinstatementProposal(
                            EnvironmentType.DEVELOPMENT,
                            s.key().handle(),
                            version(s),
                            s.made().record().toPublicKey(),
                            version(s),
                            Optional.empty(),
                            Instant.EPOCH,
                            Instant.EPOCH,
                            Optional.empty(),
                            List.of()))),
        of(
            "ManagedKey.destroy(KeyVersion)",
            s -> s.enclave().admin().key(s.key().handle()).destroy(itself(s))),
        of(
            "ManagedKey.destroy(KeyVersionId)",
            s -> s.enclave().admin().key(s.key().handle()).destroy(version(s))),
        of(
            "ManagedKey.backup(char[])",
            s -> s.enclave().admin().key(s.key().handle()).backup(PASSWORD.toCharArray())),
        of(
            "ManagedKey.backup(char[],Derivation)",
            s ->
                s.enclave()
                    .admin()
                    .key(s.key().handle())
                    .backup(PASSWORD.toCharArray(), KeyBackup.Derivation.PBKDF2)),
        of("SigningKey.publicKey()", s -> s.key().publicKey()),
        of("SigningKey.publicKeys()", s -> s.key().publicKeys()),
        of("SigningKey.publishedKeys()", s -> s.key().publishedKeys()),
        of(
            "Fallback.verifier(SigningKey,String)",
            s -> s.enclave().fallback().verifier(s.key(), "production")),
        of("SigningKey.signer()", s -> s.key().signer()),
        of("SigningKey.signer(Duration)", s -> s.key().signer(Duration.ofSeconds(10))),
        of("SigningKey.sign(SigningInput)", s -> s.key().sign(MESSAGE)),
        of(
            "SigningKey.sign(SigningInput,SignOptions)",
            s -> s.key().sign(MESSAGE, SignOptions.defaults())),
        of(
            "SigningKey.verify(SigningInput,SignatureValue)",
            s -> s.key().verify(MESSAGE, s.made().signature())),
        of(
            "SigningKey.verify(SigningInput,byte[],SignatureEncoding)",
            s -> s.key().verify(MESSAGE, signature(s), SignatureEncoding.RAW)),
        of(
            "SigningKey.verify(SigningInput,byte[],SignatureEncoding,KeyVersionId)",
            s -> s.key().verify(MESSAGE, signature(s), SignatureEncoding.RAW, version(s))),
        of("WrappingKey.seal(byte[],byte[])", s -> s.kek().seal(PLAIN, NOTHING)),
        of("WrappingKey.unseal(SealedBytes,byte[])", s -> s.kek().unseal(s.made().box(), NOTHING)),
        of("WrappingKey.reseal(SealedBytes,byte[])", s -> s.kek().reseal(s.made().box(), NOTHING)),
        of("WrappingKey.publicKey()", s -> s.kek().publicKey()),
        of("WrappingKey.decrypt(byte[])", s -> s.kek().decrypt(new byte[384])),
        of(
            "WrappingKey.decrypt(byte[],KeyVersionId)",
            s -> s.kek().decrypt(new byte[384], version(s))));
  }

  private static dev.enclave.KeyVersionId version(Strict there) {
    return there.made().signature().version();
  }

  private static KeyVersion itself(Strict there) {
    return KeyVersion.of(version(there), KeyState.ACTIVE, Instant.EPOCH, "as-it-was");
  }

  private static byte[] signature(Strict there) {
    return there.made().signature().toByteArray();
  }

  private static void requireComplete(RotationReport report) {
    for (EnclaveException failure : report.failed().values()) {
      throw failure;
    }
  }
}

package dev.enclave.testkit.engine;

import dev.enclave.Bytes;
import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
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
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.PlanSignature;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.testkit.RecordingAuditSink;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import javax.crypto.Cipher;

/**
 * A public method that leaves a record.
 *
 * @param method its name and parameters
 * @param operation what is recorded
 * @param result how it ends here
 * @param action calls it
 */
record AuditedOperation(String method, Operation operation, Result result, Action action) {

  private static final KeySpec<SigningKey> NEW =
      KeySpec.named("new-key").algorithm(SigningAlgorithm.ED25519);
  private static final KeySpec<WrappingKey> NEW_KEK =
      KeySpec.named("new-kek").algorithm(WrappingAlgorithm.AES_256_GCM);
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final byte[] PLAIN = {1, 2, 3};
  private static final byte[] NOTHING = {};
  private static final String PASSWORD = "correct horse battery";

  interface Action {
    void run(World world) throws Exception;
  }

  /**
   * An Enclave with a key of each purpose, seen as {@code user:7}.
   *
   * @param owner the Enclave itself
   * @param enclave the view
   * @param inbox an RSA-OAEP key where one is needed
   * @param ciphertext what was encrypted with its public key
   * @param audit its log
   * @param before how many records there were when all was prepared
   */
  record World(
      Enclave owner,
      Enclave enclave,
      RecordingAuditSink audit,
      SigningKey key,
      WrappingKey kek,
      WrappingKey inbox,
      Bytes ciphertext,
      SealedBytes box,
      SignatureValue signature,
      List<KeyBackup> backup,
      Bench bench,
      int before)
      implements AutoCloseable {

    List<RecordingAuditSink.Appended> recorded(Operation operation) {
      List<RecordingAuditSink.Appended> all = audit.appended();
      return all.subList(before, all.size()).stream()
          .filter(a -> a.event().operation() == operation)
          .toList();
    }

    @Override
    public void close() {
      owner.close();
    }
  }

  World world(String environment, BackendProvider provider) {
    Bench bench = Bench.in(environment).with(provider);
    Enclave owner = bench.open();
    Enclave view = owner.by("user:7");
    SigningKey key =
        view.ensureKey(
            KeySpec.named("wallet-42")
                .algorithm(SigningAlgorithm.ED25519)
                .rotation(RotationInterval.every(Duration.ofDays(1))));
    WrappingKey kek =
        view.ensureKey(KeySpec.named("kek-1").algorithm(WrappingAlgorithm.AES_256_GCM));
    WrappingKey inbox =
        operation == Operation.DECRYPT
            ? view.ensureKey(
                KeySpec.named("inbox").algorithm(WrappingAlgorithm.RSA_OAEP_3072_SHA256))
            : kek;
    SealedBytes box = kek.seal(PLAIN, NOTHING);
    if (method.contains(".reseal(")) {
      // What is under the active version is given back as it is, and nothing is done.
      view.admin().key(kek.handle()).rotate(RotationRequest.ifActive(kek.activeVersion().id()));
    }
    SignatureValue signature = key.sign(MESSAGE);
    List<KeyBackup> backups = new ArrayList<>();
    if (operation == Operation.RESTORE) {
      backups.add(view.admin().key(key.handle()).backup(PASSWORD.toCharArray()));
    }
    if (method.equals("ManagedKey.enable(KeyVersionId)")
        || method.equals("ManagedKey.destroy(KeyVersionId)")) {
      view.admin().key(key.handle()).disable(key.activeVersion().id());
    }
    return new World(
        owner,
        view,
        bench.audit,
        key,
        kek,
        inbox,
        inbox.publicKey().map(AuditedOperation::encrypted).orElse(Bytes.empty()),
        box,
        signature,
        backups,
        bench,
        bench.audit.events().size());
  }

  private static Bytes encrypted(PublicKeyInfo key) {
    try {
      Cipher cipher = Cipher.getInstance(key.algorithm().jcaName());
      cipher.init(
          Cipher.ENCRYPT_MODE, key.toPublicKey(), key.algorithm().jcaParameters().orElseThrow());
      return Bytes.of(cipher.doFinal(PLAIN));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  void run(World world) throws Exception {
    try {
      action.run(world);
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  boolean ofAKey() {
    return !method.startsWith("StorePassphrase.") && operation != Operation.DISCARD;
  }

  boolean onlyOutsideProduction() {
    return operation == Operation.RESTORE;
  }

  @Override
  public String toString() {
    return method;
  }

  static List<AuditedOperation> all() {
    List<AuditedOperation> all = new ArrayList<>();
    all.addAll(ofKeys());
    all.addAll(ofTheEnclave());
    return all;
  }

  private static AuditedOperation of(String method, Operation operation, Action action) {
    return new AuditedOperation(method, operation, Result.SUCCESS, action);
  }

  /** A verification is recorded when the signature is not valid. */
  private static AuditedOperation verification(String method, Action action) {
    return new AuditedOperation(method, Operation.VERIFY, Result.FAILURE, action);
  }

  private static List<AuditedOperation> ofKeys() {
    return List.of(
        of(
            "ManagedKey.rotate(RotationRequest)",
            Operation.ROTATE,
            w -> w.enclave().admin().key(w.key().handle()).rotate(RotationRequest.now())),
        of(
            "ManagedKey.publishNext()",
            Operation.PUBLISH,
            w -> w.enclave().admin().key(w.key().handle()).publishNext()),
        of(
            "ManagedKey.changeRotation(RotationInterval)",
            Operation.CHANGE_INTERVAL,
            w -> w.enclave().admin().key(w.key().handle()).changeRotation(RotationInterval.NEVER)),
        of(
            "ManagedKey.disable(KeyVersionId)",
            Operation.CHANGE_STATE,
            w -> w.enclave().admin().key(w.key().handle()).disable(w.key().activeVersion().id())),
        of(
            "ManagedKey.enable(KeyVersionId)",
            Operation.CHANGE_STATE,
            w -> w.enclave().admin().key(w.key().handle()).enable(w.signature().version())),
        of(
            "ManagedKey.destroy(KeyVersionId)",
            Operation.CHANGE_STATE,
            w -> w.enclave().admin().key(w.key().handle()).destroy(w.signature().version())),
        of(
            "ManagedKey.backup(char[])",
            Operation.BACKUP,
            w -> w.enclave().admin().key(w.key().handle()).backup(PASSWORD.toCharArray())),
        of(
            "ManagedKey.backup(char[],Derivation)",
            Operation.BACKUP,
            w ->
                w.enclave()
                    .admin()
                    .key(w.key().handle())
                    .backup(PASSWORD.toCharArray(), KeyBackup.Derivation.PBKDF2)),
        of("SigningKey.sign(SigningInput)", Operation.SIGN, w -> w.key().sign(MESSAGE)),
        of("VersionSigner.sign(SigningInput)", Operation.SIGN, w -> w.key().signer().sign(MESSAGE)),
        of(
            "VersionSigner.sign(SigningInput,SignOptions)",
            Operation.SIGN,
            w -> w.key().signer().sign(MESSAGE, SignOptions.defaults())),
        of("VersionSigner.signJws(byte[])", Operation.SIGN, w -> w.key().signer().signJws(PLAIN)),
        of(
            "SigningKey.sign(SigningInput,SignOptions)",
            Operation.SIGN,
            w -> w.key().sign(MESSAGE, SignOptions.defaults())),
        verification(
            "SigningKey.verify(SigningInput,SignatureValue)",
            w -> w.key().verify(Message.ofUtf8("another"), w.signature())),
        verification(
            "SigningKey.verify(SigningInput,byte[],SignatureEncoding)",
            w -> w.key().verify(MESSAGE, new byte[64], SignatureEncoding.RAW)),
        verification(
            "SigningKey.verify(SigningInput,byte[],SignatureEncoding,KeyVersionId)",
            w ->
                w.key()
                    .verify(MESSAGE, new byte[64], SignatureEncoding.RAW, w.signature().version())),
        of("WrappingKey.seal(byte[],byte[])", Operation.SEAL, w -> w.kek().seal(PLAIN, NOTHING)),
        of(
            "WrappingKey.unseal(SealedBytes,byte[])",
            Operation.UNSEAL,
            w -> w.kek().unseal(w.box(), NOTHING)),
        of(
            "WrappingKey.reseal(SealedBytes,byte[])",
            Operation.UNSEAL,
            w -> w.kek().reseal(w.box(), NOTHING)),
        of(
            "WrappingKey.decrypt(byte[])",
            Operation.DECRYPT,
            w -> w.inbox().decrypt(w.ciphertext().toByteArray())),
        of(
            "WrappingKey.decrypt(byte[],KeyVersionId)",
            Operation.DECRYPT,
            w -> w.inbox().decrypt(w.ciphertext().toByteArray(), w.inbox().activeVersion().id())));
  }

  private static List<AuditedOperation> ofTheEnclave() {
    return List.of(
        of("Enclave.createKey(KeySpec)", Operation.CREATE, w -> w.enclave().createKey(NEW)),
        of("Enclave.ensureKey(KeySpec)", Operation.CREATE, w -> w.enclave().ensureKey(NEW)),
        of("Enclave.createKey(KeySpec)", Operation.CREATE, w -> w.enclave().createKey(NEW_KEK)),
        of("Enclave.ensureKey(KeySpec)", Operation.CREATE, w -> w.enclave().ensureKey(NEW_KEK)),
        of(
            "Enclave.seal(String,byte[],byte[])",
            Operation.SEAL,
            w -> w.enclave().seal("kek-1", PLAIN, NOTHING)),
        of(
            "Enclave.seal(KeyName,byte[],byte[])",
            Operation.SEAL,
            w -> w.enclave().seal(KeyName.of("kek-1"), PLAIN, NOTHING)),
        of(
            "Enclave.unseal(SealedBytes,byte[])",
            Operation.UNSEAL,
            w -> w.enclave().unseal(w.box(), NOTHING)),
        of(
            "Enclave.reseal(SealedBytes,byte[])",
            Operation.SEAL,
            w -> w.enclave().reseal(w.box(), NOTHING)),
        of(
            "Administration.restore(String,KeyBackup,char[])",
            Operation.RESTORE,
            w ->
                w.enclave().admin().restore("restored", w.backup().get(0), PASSWORD.toCharArray())),
        of(
            "Administration.restore(KeyName,KeyBackup,char[])",
            Operation.RESTORE,
            w ->
                w.enclave()
                    .admin()
                    .restore(KeyName.of("restored"), w.backup().get(0), PASSWORD.toCharArray())),
        of(
            "StorePassphrase.change(char[])",
            Operation.RESEAL,
            w -> w.enclave().admin().passphrase().orElseThrow().change(PASSWORD.toCharArray())),
        of(
            "StorePassphrase.remove()",
            Operation.RESEAL,
            w -> w.enclave().admin().passphrase().orElseThrow().remove()),
        of(
            "Rewrapping.rewrap()",
            Operation.RESEAL,
            w -> requireComplete(w.enclave().admin().rewrapping().orElseThrow().rewrap().failed())),
        of(
            "Orphans.discard()",
            Operation.DISCARD,
            w -> w.enclave().admin().orphans().orElseThrow().discard()),
        of(
            "Migrations.sign(Proposal,Role)",
            Operation.SIGN,
            w -> w.enclave().admin().migrations().sign(plan(w), PlanSignature.Role.PROPOSER)),
        of(
            "Administration.rotateDue()",
            Operation.ROTATE,
            w -> {
              w.bench().clock.advance(Duration.ofDays(2));
              requireComplete(w.enclave().admin().rotateDue().failed());
            }));
  }

  private static MigrationProposal plan(World world) {
    return MigrationProposal.unsigned(
        world
            .enclave()
            .admin()
            .migrations()
            .plan(world.key().handle(), world.key().handle().backend()));
  }

  private static void requireComplete(Map<KeyName, EnclaveException> failed) {
    for (EnclaveException failure : failed.values()) {
      throw failure;
    }
  }
}

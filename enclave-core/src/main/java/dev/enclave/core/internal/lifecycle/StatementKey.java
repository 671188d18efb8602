package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.SecurityPolicy;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.SigningAlgorithm;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The key of a backend that signs what Enclave itself states of the keys there. No caller can name
 * it, so that whatever a key signs for its callers is no statement. It is made when it is first
 * needed, like any key under the policy. Thread-safe.
 */
public record StatementKey(
    Operations operations, KeyDirectory keys, SecurityPolicy policy, OpenBackend backend) {

  /** Whom the records of its making name. */
  private static final String CALLER = "enclave";

  /** A statement has two handles and little else; a checkpoint of the audit log is as long. */
  private static final Message LONGEST = Message.of(new byte[8192]);

  /** The better known ones first; a policy or a backend may leave none of these. */
  private static Stream<SigningAlgorithm> algorithms() {
    return Stream.concat(
            Stream.of(SigningAlgorithm.ED25519, SigningAlgorithm.ECDSA_P256_SHA256),
            Stream.of(SigningAlgorithm.values()))
        .distinct();
  }

  /** That of the backend of an operation. */
  public static StatementKey of(OperationRun run) {
    return new StatementKey(run.operations(), run.keys(), run.rules().policy(), run.backend());
  }

  /** The public key; the key is made if it is not there. */
  public PublicKeyInfo publicKey() {
    KeyReading entry = provided().entry();
    return publicKey(entry, entry.requireActive());
  }

  /**
   * The public key if the key is there; as it was read last, where the backend does not answer.
   * Makes nothing.
   */
  public Optional<PublicKeyInfo> knownPublicKey() {
    CachedKey slot = slot();
    Optional<KeyReading> entry;
    try {
      entry = existing(slot);
    } catch (ConnectivityException e) {
      entry = Optional.of(slot.newest().orElseThrow(() -> e));
    }
    return entry
        .map(KeyReading::requireUsable)
        .flatMap(found -> found.snapshot().active().map(version -> publicKey(found, version)));
  }

  /**
   * Signs a statement, made by a version that is active.
   *
   * @param details what the audit log says of the signature
   */
  public StatementSignature sign(Message statement, String caller, Map<String, String> details) {
    KeyDirectory.Found key = provided();
    KeyVersion version = key.entry().requireUsable().requireActive();
    PublicKeyInfo publicKey = publicKey(key.entry(), version);
    StatementSignature signature =
        new StatementSignature(
            publicKey.fingerprint(),
            operations
                .by(caller)
                .on(key.slot())
                .run(SignOperation.ofStatement(version.id(), statement).recording(details))
                .bytes());
    if (!signature.isBy(java.util.Set.of(publicKey), statement)) {
      throw Texts.STATEMENT_NOT_VERIFIED.as(ErrorCode.SIGNATURE_UNVERIFIABLE, backend.id(), name());
    }
    return signature;
  }

  private static PublicKeyInfo publicKey(KeyReading entry, KeyVersion version) {
    KeyReading.requirePublicKey(entry.snapshot().name(), version);
    return version.publicKey().orElseThrow();
  }

  /** One for each environment type: a development key states nothing in production. */
  private KeyName name() {
    return ReservedNames.statements(policy.environment());
  }

  private CachedKey slot() {
    return keys.slot(backend, name());
  }

  private KeyDirectory.Found provided() {
    CachedKey slot = slot();
    return existing(slot)
        .map(entry -> new KeyDirectory.Found(slot, entry.requireUsable()))
        .orElseGet(this::made);
  }

  private Optional<KeyReading> existing(CachedKey slot) {
    return keys.readIfThere(slot, CALLER);
  }

  private KeyDirectory.Found made() {
    SigningAlgorithm algorithm =
        algorithms()
            .filter(each -> CreateOperation.offers(policy, backend, each, LONGEST))
            .findFirst()
            .orElseThrow(
                () ->
                    Texts.NO_ALGORITHM_FOR_STATEMENTS.as(
                        ErrorCode.UNSUPPORTED_ALGORITHM, backend.id(), name()));
    return new CreateOperation(
            KeySpec.named(name().value())
                .algorithm(algorithm)
                .rotation(RotationInterval.NEVER)
                .on(backend.id()),
            true)
        .ensure(operations, CALLER);
  }
}

package dev.enclave;

import dev.enclave.admin.Administration;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import java.util.Optional;

/**
 * Private keys, wherever they live: creates, finds and uses them under the environment's policy,
 * and audits every operation.
 *
 * <p>Thread-safe; made for the service's lifetime. Operations throw an {@link EnclaveException}
 * whose {@link EnclaveException#code()} says what happened; after {@link #close()} that is {@link
 * ErrorCode#CLOSED}. Calls run in the caller's thread; the JDK makes one asynchronous: {@code
 * CompletableFuture.supplyAsync(() -> key.sign(message), executor)}. A blank argument or a name
 * against the grammar is a {@link UsageException}. Default deadlines, retries included: 5 seconds
 * to sign, 30 seconds to create.
 */
public interface Enclave extends AutoCloseable {

  /**
   * Creates a key: one that signs or one that wraps, as the specification's algorithm does.
   *
   * @throws UsageException {@link ErrorCode#KEY_ALREADY_EXISTS}, {@link
   *     ErrorCode#UNSUPPORTED_ALGORITHM}
   * @throws PolicyException when the policy allows neither the backend nor the algorithm, or the
   *     new version does not have the assurance or origin it demands
   */
  <K extends EnclaveKey> K createKey(KeySpec<K> spec);

  /**
   * Creates a key now if it can, as {@link #createKey}. If it cannot, and the failure may pass, the
   * creation is kept and made later, once.
   *
   * @return the key; or the ticket, which is durable
   * @throws UsageException as {@link #createKey}; {@link ErrorCode#UNSUPPORTED_OPERATION} where
   *     {@link #deferred} is empty; {@link ErrorCode#IDEMPOTENCY_CONFLICT} when the operation id
   *     was used for something else, or its ticket has ended without a key
   */
  <K extends EnclaveKey> DeferrableResult<K> createKeyOrDefer(KeySpec<K> spec);

  /**
   * The key of this name, created if it does not exist. Idempotent, also among replicas.
   *
   * @throws UsageException {@link ErrorCode#KEY_SPEC_MISMATCH} when it exists and differs in
   *     anything that {@code spec} says
   */
  <K extends EnclaveKey> K ensureKey(KeySpec<K> spec);

  /** Finds keys that sign. Safe to give to code that only signs: it does nothing else. */
  Keys<SigningKey> signingKeys();

  /** Finds keys that wrap: key-encryption keys (KEKs). */
  Keys<WrappingKey> wrappingKeys();

  /**
   * Encrypts {@code plaintext} under a fresh data key that {@code kek} wraps.
   *
   * @param associatedData authenticated, not encrypted, not stored; give the same to {@link
   *     #unseal}
   */
  default SealedBytes seal(String kek, byte[] plaintext, byte[] associatedData) {
    return seal(KeyName.of(kek), plaintext, associatedData);
  }

  /** As {@link #seal(String, byte[], byte[])}. */
  SealedBytes seal(KeyName kek, byte[] plaintext, byte[] associatedData);

  /**
   * Decrypts a box with the KEK it names.
   *
   * @throws IntegrityException {@link ErrorCode#SEALED_DATA_CORRUPT} when box or associated data
   *     differ from what was sealed
   */
  byte[] unseal(SealedBytes box, byte[] associatedData);

  /**
   * Seals a box anew under the active version of the KEK it names, after a rotation: once all boxes
   * of an older version are resealed, that version can be disabled. {@link SealedBytes#version()}
   * tells which one a box is under.
   *
   * @param associatedData what it was sealed with, and is sealed with again
   * @return {@code box} itself, unopened, when it is under the active version already
   * @throws IntegrityException {@link ErrorCode#SEALED_DATA_CORRUPT} when box or associated data
   *     differ from what was sealed
   */
  SealedBytes reseal(SealedBytes box, byte[] associatedData);

  /**
   * What administers keys: rotation, states, destruction, backups. Code that only signs gets {@link
   * #signingKeys()} instead.
   */
  Administration admin();

  /** What stands in for signing keys while their backend does not answer. */
  Fallback fallback();

  /**
   * Operations that are kept until their backend answers; empty without {@code enclave-jobs}, or
   * where {@code enclave.jobs.kek} is not set.
   */
  Optional<DeferredOperations> deferred();

  /** A view whose operations are audited as done by {@code caller}, such as {@code user:7}. */
  Enclave by(String caller);

  /** Asks the resolved backend and the audit log how they are. */
  HealthReport health();

  /** Which backend new keys go to, and why none of the others. */
  Resolution resolution();

  /** The policy in force. */
  SecurityPolicy policy();

  /**
   * Closes backends and the audit log. Idempotent; on a view it closes nothing.
   *
   * @throws PolicyException ({@link ErrorCode#AUDIT_UNAVAILABLE}) when operations that DEVELOPMENT
   *     or LOCAL let go on have no record, since it could not be written; everything is closed then
   */
  @Override
  void close();
}

package dev.enclave;

import java.util.List;
import java.util.concurrent.Executor;

/**
 * Private keys, wherever they live: creates, finds, uses and rotates them under the environment's
 * policy, and audits every operation.
 *
 * <p>Thread-safe; made for the service's lifetime. Operations throw an {@link EnclaveException}
 * whose {@link EnclaveException#code()} says what happened; after {@link #close()} that is {@link
 * ErrorCode#CLOSED}. A blank argument or a name against the grammar is a {@link UsageException}.
 * Default deadlines, retries included: 5 seconds to sign, 30 seconds to create or rotate.
 */
public interface Enclave extends AutoCloseable {

  /**
   * Creates a signing key.
   *
   * @throws UsageException {@link ErrorCode#KEY_ALREADY_EXISTS}, {@link
   *     ErrorCode#UNSUPPORTED_ALGORITHM}, {@link ErrorCode#WRONG_PURPOSE}
   * @throws PolicyException when the policy allows neither the backend nor the algorithm, or the
   *     new version does not have the assurance or origin it demands
   */
  SigningKey createKey(KeySpec spec);

  /**
   * The signing key of this name, created if it does not exist. Idempotent, also among replicas.
   *
   * @throws UsageException {@link ErrorCode#KEY_SPEC_MISMATCH} when it exists with another
   *     algorithm
   */
  SigningKey ensureKey(KeySpec spec);

  /**
   * The signing key of this name: an adopted one, or one of the resolved backend.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_FOUND}, {@link ErrorCode#WRONG_PURPOSE}
   */
  SigningKey key(String name);

  /**
   * The signing key a stored handle names, in the backend the handle names.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_FOUND}, {@link ErrorCode#WRONG_PURPOSE}
   * @throws ConfigurationException {@link ErrorCode#HANDLE_AUTHORITY_MISMATCH}, {@link
   *     ErrorCode#BACKEND_NOT_FOUND}
   * @throws IntegrityException {@link ErrorCode#KEY_IDENTITY_CHANGED}
   */
  SigningKey key(KeyHandle handle);

  /** As {@link #createKey}, for a key-encryption key. */
  WrappingKey createWrappingKey(KeySpec spec);

  /** As {@link #ensureKey}, for a key-encryption key. */
  WrappingKey ensureWrappingKey(KeySpec spec);

  /** As {@link #key(String)}, for a key-encryption key. */
  WrappingKey wrappingKey(String name);

  /** As {@link #key(KeyHandle)}, for a key-encryption key. */
  WrappingKey wrappingKey(KeyHandle handle);

  /**
   * As {@link #key(String)}, whatever the key is for: a {@link SigningKey} or {@link WrappingKey}.
   */
  ManagedKey managedKey(String name);

  /** As {@link #key(KeyHandle)}, whatever the key is for. */
  ManagedKey managedKey(KeyHandle handle);

  /**
   * Adopted keys and all keys of the resolved backend, by name; those that cannot be read are left
   * out and are in {@link #unreadableKeys()}.
   *
   * <p>Reads every key. A remote provider is asked for each, which is a few requests each (the
   * backend's guide counts them), for eight keys at a time: some 100 keys a second, so minutes for
   * tens of thousands, and the provider's request quota is shared with whoever signs meanwhile.
   * {@link #keyNames()} asks a hundred times less.
   *
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when the backend cannot list
   * @throws ConnectivityException when one could not be read for a reason that passes: a list
   *     without it would pass for all there is
   */
  List<KeyInfo> keys();

  /**
   * The names of adopted keys and of all keys of the resolved backend, sorted. No key is read, so
   * it takes a remote provider no longer than its own list; a key that {@link #keys()} would leave
   * out is named too.
   *
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when the backend cannot list
   */
  List<KeyName> keyNames();

  /**
   * The keys {@link #keys()} had to leave out, such as damaged ones: a finding each that names the
   * key.
   *
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when the backend cannot list
   */
  List<HealthReport.Finding> unreadableKeys();

  /**
   * Rotates every key of the resolved backend whose {@link KeyInfo#nextRotationAt()} has come. One
   * that another replica rotates first is left alone.
   *
   * @return what was rotated
   * @throws EnclaveException the first failure, the others suppressed, after every other due key
   *     has been rotated; its message names what was, as does the audit log. A key that cannot be
   *     read is a failure too
   */
  List<RotationResult> rotateDue();

  /**
   * Encrypts {@code plaintext} under a fresh data key that {@code kek} wraps.
   *
   * @param associatedData authenticated, not encrypted, not stored; give the same to {@link #open}
   */
  SealedBytes seal(String kek, byte[] plaintext, byte[] associatedData);

  /**
   * Decrypts a box with the KEK it names.
   *
   * @throws IntegrityException {@link ErrorCode#SEALED_DATA_CORRUPT} when box or associated data
   *     differ from what was sealed
   */
  byte[] open(SealedBytes box, byte[] associatedData);

  /** Backs up the key of this name; see {@link ManagedKey#backup}. */
  KeyBackup backup(String name, char[] password);

  /**
   * Restores a key into the resolved backend under a name that is free, with all versions of the
   * backup in their states. Every version's origin is IMPORTED. The key keeps the environment stamp
   * of the backup; one without a stamp, such as a key made by OpenSSL, gets this environment's.
   * Whatever a process that died left of it, the same backup under the same name finishes.
   *
   * @param password taken as UTF-8; not kept, and the caller overwrites it
   * @throws PolicyException {@link ErrorCode#MIGRATION_NOT_APPROVED} in PRODUCTION and STAGING,
   *     whatever the backup; {@link ErrorCode#STAMP_MISMATCH} when it was made for an environment
   *     type this one does not accept
   * @throws UsageException {@link ErrorCode#KEY_ALREADY_EXISTS}, {@link ErrorCode#WRONG_PASSWORD},
   *     {@link ErrorCode#INVALID_BACKUP}, {@link ErrorCode#KEY_SPEC_MISMATCH} when {@link
   *     KeyBackup#algorithm} asks for another algorithm, {@link ErrorCode#UNSUPPORTED_OPERATION}
   *     when the backend takes no keys in
   * @throws IntegrityException {@link ErrorCode#BACKUP_CORRUPT} when the backup was changed
   */
  ManagedKey restore(String name, KeyBackup backup, char[] password);

  /**
   * Seals all keys of the resolved backend under a new passphrase, with which alone the backend
   * opens from then on: change its setting before the next start. Other processes that have the
   * store open must be restarted. It does not help if the old passphrase and a copy of the store
   * are out: then rotate the keys too. Repeat it when it fails; what was cut short is completed.
   *
   * @param newPassphrase 1 to 4096 bytes in UTF-8, perhaps the old one again; not kept, and the
   *     caller overwrites it
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when the backend has no
   *     passphrase, {@link ErrorCode#INVALID_ARGUMENT}
   * @throws IntegrityException {@link ErrorCode#KEY_DATA_CORRUPT} when a key could not be read; it
   *     keeps its old seal, all others have the new one
   */
  void reseal(char[] newPassphrase);

  /**
   * As {@link #reseal}, without a passphrase: whoever reads the store has the keys.
   *
   * @throws PolicyException where a passphrase is needed: everywhere but in LOCAL
   */
  void resealWithoutPassphrase();

  /**
   * What an interrupted creation left at the resolved backend's provider: a private key that
   * belongs to no key of Enclave's and is never used.
   *
   * @param providerUri the provider's own name for it
   * @param meantFor the name of the key it was to be a version of
   * @param createdAt when it was made
   */
  record Orphan(String providerUri, String meantFor, java.time.Instant createdAt) {}

  /**
   * Looks for orphans through all keys at the provider, which may take minutes. Changes nothing.
   *
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when the backend leaves none
   */
  List<Orphan> orphans();

  /**
   * Removes orphans, one after the other. Repeat it when it fails.
   *
   * @return those that were removed, or will be when the provider's waiting time ends
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when the backend leaves none
   */
  List<Orphan> discardOrphans();

  /** A view whose operations are audited as done by {@code caller}, such as {@code user:7}. */
  Enclave by(String caller);

  /** Asks the resolved backend and the audit log how they are. */
  HealthReport health();

  /** Which backend new keys go to, and why none of the others. */
  Resolution resolution();

  /** The policy in force. */
  SecurityPolicy policy();

  /** Asynchronous calls on virtual threads where the JVM has them, else on daemon threads. */
  AsyncEnclave async();

  /** Asynchronous calls on {@code executor}. */
  AsyncEnclave async(Executor executor);

  /** Closes backends and the audit log. Idempotent; on a view it closes nothing. */
  @Override
  void close();
}

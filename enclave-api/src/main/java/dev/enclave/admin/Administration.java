package dev.enclave.admin;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.PublicKeyInfo;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.migration.Migrations;
import java.util.List;
import java.util.Optional;

/**
 * Looks after keys: lists, rotates, switches off, destroys, backs up and restores them.
 * Thread-safe.
 *
 * <p>Operations throw an {@link EnclaveException} whose {@link EnclaveException#code()} says what
 * happened. Default deadlines, retries included: 5 seconds to look a key up, 30 seconds for what
 * changes one.
 */
public interface Administration {

  /**
   * The key of this name, whatever it is for: an adopted one, or one of the resolved backend.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_FOUND}, {@link ErrorCode#INVALID_NAME}
   */
  default ManagedKey key(String name) {
    return key(KeyName.of(name));
  }

  /** As {@link #key(String)}. */
  ManagedKey key(KeyName name);

  /**
   * The key a stored handle names, in the backend the handle names.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_FOUND}
   * @throws dev.enclave.error.ConfigurationException {@link ErrorCode#HANDLE_AUTHORITY_MISMATCH},
   *     {@link ErrorCode#BACKEND_NOT_FOUND}
   * @throws IntegrityException {@link ErrorCode#KEY_IDENTITY_CHANGED}
   */
  ManagedKey key(KeyHandle handle);

  /**
   * Adopted keys and all keys of the resolved backend, and which of them cannot be read, such as
   * damaged ones.
   *
   * <p>Reads every key. A remote provider is asked for each, which is a few requests each (the
   * backend's guide counts them), for eight keys at a time: some 100 keys a second, so minutes for
   * tens of thousands, and the provider's request quota is shared with whoever signs meanwhile.
   * {@link #keyNames()} asks a hundred times less.
   *
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when the backend cannot list
   * @throws ConnectivityException when one could not be read for a reason that passes: the same
   *     call later may tell more
   */
  KeyListing listKeys();

  /**
   * The names of adopted keys and of all keys of the resolved backend, sorted. No key is read, so
   * it takes a remote provider no longer than its own list.
   *
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when the backend cannot list
   */
  List<KeyName> keyNames();

  /**
   * Rotates every key of the resolved backend whose {@link KeyInfo#nextRotationAt()} has come, and
   * publishes the next version of those whose {@link KeyInfo#nextPublicationAt()} has. Disables and
   * destroys nothing. One key that fails stops no other.
   *
   * @return what was rotated, what another replica rotated first, and what failed, with the error
   *     of each; a key that cannot be read has failed
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_OPERATION} when the backend cannot list
   * @throws ConnectivityException when the keys could not be listed; no key was rotated then
   */
  RotationReport rotateDue();

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
  default ManagedKey restore(String name, KeyBackup backup, char[] password) {
    return restore(KeyName.of(name), backup, password);
  }

  /** As {@link #restore(String, KeyBackup, char[])}. */
  ManagedKey restore(KeyName name, KeyBackup backup, char[] password);

  /** The passphrase that seals the resolved backend's keys; none where there is no such thing. */
  Optional<StorePassphrase> passphrase();

  /**
   * Seals the resolved backend's keys anew when their key-encryption key has rotated; none where no
   * key of another backend seals them.
   */
  Optional<Rewrapping> rewrapping();

  /**
   * The public key of the statement key of the resolved backend, which signs what Enclave itself
   * states of the keys there and nothing that a caller hands it: for those who verify statements
   * elsewhere. The key is made if it is not there.
   */
  PublicKeyInfo statementKey();

  /**
   * As {@link #statementKey()}, of another backend.
   *
   * @throws dev.enclave.error.ConfigurationException {@link ErrorCode#BACKEND_NOT_FOUND}
   */
  PublicKeyInfo statementKey(BackendId backend);

  /** Migrates signing keys between backends. */
  Migrations migrations();

  /** Looks for orphans at the resolved backend's provider; none where the backend leaves none. */
  Optional<Orphans> orphans();
}

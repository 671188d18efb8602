package dev.enclave.crypto;

import dev.enclave.KeyName;
import dev.enclave.admin.KeyBackup;
import dev.enclave.crypto.internal.backup.BackupReader;
import dev.enclave.crypto.internal.backup.BackupWriter;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.time.Instant;

/**
 * The format of backups: for each key version that is not destroyed an EncryptedPrivateKeyInfo (RFC
 * 5958 §3) under PBES2 (RFC 8018 §6.2) with scrypt (RFC 7914) or PBKDF2 and AES-256-CBC, which
 * OpenSSL 3 reads. Everything else about the key stands in attributes inside, and an authenticator
 * over it all, so that any change is found. {@code docs/backup.md} has the details.
 */
public final class BackupFile {

  private BackupFile() {}

  /**
   * Encrypts a key. Takes about a third of a second, however many versions there are.
   *
   * @param key stays the caller's to close
   * @param password not empty; stays the caller's to close
   * @param derivation how the key that encrypts comes from the password
   * @throws UsageException ({@link ErrorCode#KEY_NOT_ACTIVE}) when every version is destroyed;
   *     ({@link ErrorCode#INVALID_ENCODING}) when a private half is not one of the algorithm
   * @throws IllegalArgumentException when a private half does not belong to its public one
   */
  public static KeyBackup encrypt(
      ExportedKey key, SecretBytes password, KeyBackup.Derivation derivation, SecureRandom random) {
    return password.use(typed -> new BackupWriter(key, random).write(typed, derivation));
  }

  /**
   * Opens what {@link #encrypt} made, or one key that something else encrypted with PBES2, AES-256-
   * CBC and scrypt or PBKDF2 over HMAC-SHA256. Such a key has no stamp and one active version.
   *
   * @param password stays the caller's to close
   * @param name what the key is called if it brings no name
   * @param now when it was made if it does not say
   * @return the caller closes it
   * @throws UsageException {@link ErrorCode#WRONG_PASSWORD}; {@link ErrorCode#INVALID_BACKUP} for
   *     another format, or one that would cost more than 64 MiB or some ten seconds to open; {@link
   *     ErrorCode#KEY_SPEC_MISMATCH} when {@link KeyBackup#algorithm()} is not the key's; {@link
   *     ErrorCode#INVALID_ARGUMENT} when several algorithms could use the key and none was given
   * @throws IntegrityException ({@link ErrorCode#BACKUP_CORRUPT}) when it was changed
   */
  public static ExportedKey decrypt(
      KeyBackup backup, SecretBytes password, KeyName name, Instant now, SecureRandom random) {
    return password.use(typed -> new BackupReader(backup, random).read(typed, name, now));
  }
}

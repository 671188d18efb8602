package dev.enclave.crypto.internal.backup;

import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;

/** What is wrong with backups, in one wording. */
final class InvalidBackups {

  private static final String CONVERT =
      " Encrypt it anew with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEW.";

  private InvalidBackups() {}

  static UsageException unsupported(String what) {
    return invalid(
        "is encrypted with "
            + what
            + ". Enclave reads PBES2 with AES-256-CBC and scrypt or PBKDF2 over HMAC-SHA256."
            + CONVERT);
  }

  static UsageException outOfRange(String what, String range) {
    return invalid("uses " + what + ". Enclave reads " + range + "." + CONVERT);
  }

  static UsageException malformed(int block, DerException cause) {
    return invalid(
        "is damaged: block "
            + block
            + " is no EncryptedPrivateKeyInfo ("
            + cause.getMessage()
            + "). Take another copy.");
  }

  static UsageException invalid(String what) {
    return new UsageException(ErrorCode.INVALID_BACKUP, "The backup " + what);
  }

  static UsageException wrongPassword() {
    return new UsageException(
        ErrorCode.WRONG_PASSWORD,
        "The password does not open the backup. Check case, keyboard layout and file; if the"
            + " password is right, the backup is damaged and another copy is needed.");
  }

  static IntegrityException changed(String how) {
    return new IntegrityException(
        ErrorCode.BACKUP_CORRUPT,
        "The backup was changed after it was made: "
            + how
            + ". Do not use it; take another copy and find out who changed this one.");
  }
}

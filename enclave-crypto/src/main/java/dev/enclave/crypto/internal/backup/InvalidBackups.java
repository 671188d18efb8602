package dev.enclave.crypto.internal.backup;

import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;

/** What is wrong with backups, in one wording. */
final class InvalidBackups {

  private InvalidBackups() {}

  static EnclaveException unsupported(String what) {
    return invalid(Texts.BACKUP_ENCRYPTED_WITH.with(what, Texts.CONVERT_BACKUP.with()));
  }

  static EnclaveException outOfRange(String what, String range) {
    return invalid(Texts.BACKUP_USES.with(what, range, Texts.CONVERT_BACKUP.with()));
  }

  static EnclaveException malformed(int block, DerException cause) {
    return invalid(Texts.BACKUP_DAMAGED.with(block, String.valueOf(cause.getMessage())));
  }

  static EnclaveException invalid(String what) {
    return Texts.THE_BACKUP.as(ErrorCode.INVALID_BACKUP, what);
  }

  static EnclaveException wrongPassword() {
    return Texts.WRONG_PASSWORD.as(ErrorCode.WRONG_PASSWORD);
  }

  static EnclaveException changed(String how) {
    return Texts.BACKUP_CHANGED.as(ErrorCode.BACKUP_CORRUPT, how);
  }
}

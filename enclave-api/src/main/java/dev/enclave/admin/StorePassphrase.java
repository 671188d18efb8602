package dev.enclave.admin;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;

/** The passphrase under which a backend keeps its keys. Thread-safe. */
public interface StorePassphrase {

  /**
   * Seals all keys of the backend under a new passphrase, with which alone the backend opens from
   * then on: change its setting before the next start. Other processes that have the store open
   * must be restarted. It does not help if the old passphrase and a copy of the store are out: then
   * rotate the keys too. Repeat it when it fails; what was cut short is completed.
   *
   * @param newPassphrase 1 to 4096 bytes in UTF-8, perhaps the old one again; not kept, and the
   *     caller overwrites it
   * @throws UsageException {@link ErrorCode#INVALID_ARGUMENT}
   * @throws IntegrityException {@link ErrorCode#KEY_DATA_CORRUPT} when a key could not be read; it
   *     keeps its old seal, all others have the new one
   */
  void change(char[] newPassphrase);

  /**
   * As {@link #change}, without a passphrase: whoever reads the store has the keys.
   *
   * @throws PolicyException where a passphrase is needed: everywhere but in LOCAL
   */
  void remove();
}

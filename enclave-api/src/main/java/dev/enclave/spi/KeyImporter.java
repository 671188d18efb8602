package dev.enclave.spi;

import dev.enclave.Bytes;
import dev.enclave.KeyName;

/** A backend that can take a key in from an encrypted backup. */
public interface KeyImporter {

  /**
   * Restores a backup under a name that is free. Every version's origin is IMPORTED afterwards; its
   * stamp is the one the backup carries.
   *
   * @param password UTF-8; the caller closes it
   * @throws BackendFailure {@link FailureCode#ALREADY_EXISTS}; {@link FailureCode#CORRUPT} when the
   *     password is wrong or the backup damaged
   */
  KeySnapshot restore(KeyName name, Bytes backup, SecretBytes password, CallContext call)
      throws BackendFailure;
}

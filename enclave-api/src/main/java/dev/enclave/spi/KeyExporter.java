package dev.enclave.spi;

import dev.enclave.Bytes;
import dev.enclave.KeyName;

/** A backend that can give a key out as an encrypted backup. */
public interface KeyExporter {

  /**
   * All versions of a key, encrypted under a password.
   *
   * @param password UTF-8; the caller closes it
   * @return the backup, in a format that {@link KeyImporter} of the same backend reads and that
   *     carries the key's stamp
   */
  Bytes export(KeyName name, SecretBytes password, CallContext call) throws BackendFailure;
}

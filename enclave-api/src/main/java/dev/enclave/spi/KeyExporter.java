package dev.enclave.spi;

import dev.enclave.KeyName;

/**
 * Gives whole keys out. The engine encrypts what it gets under the password of a backup; the
 * backend sees neither password nor file format.
 */
@FunctionalInterface
public non-sealed interface KeyExporter extends Capability {

  /**
   * All versions of a key, in every state, as {@link SigningBackend#load} lists them.
   *
   * @return the caller closes it
   * @throws BackendFailure {@link FailureCode#NOT_FOUND} when there is none
   */
  ExportedKey export(KeyName name, CallContext call) throws BackendFailure;
}

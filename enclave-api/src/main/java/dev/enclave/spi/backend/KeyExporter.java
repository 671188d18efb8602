package dev.enclave.spi.backend;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.FailureCode;

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

package dev.enclave.spi.backend;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;

/** Uses keys that something else made, with rights to read and sign alone. */
@FunctionalInterface
public non-sealed interface KeyAdopter extends Capability {

  /**
   * Reads the key at {@code providerUri} as if it were called {@code name}. Changes nothing there.
   *
   * <p>A stamp that the identity may not read does not fail the reading: the snapshot says {@link
   * dev.enclave.KeyInfo.StampReading.Unreadable} and names the permission. The engine decides.
   *
   * @param providerUri the provider's own name for the key, as configuration gives it
   * @throws BackendFailure {@link FailureCode#NOT_FOUND}; {@link FailureCode#UNSUPPORTED} when the
   *     key is of no {@link dev.enclave.KeyAlgorithm} or the text is no key of this provider
   */
  KeySnapshot adopt(KeyName name, String providerUri, CallContext call) throws BackendFailure;
}

package dev.enclave.spi.backend;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.util.Optional;

/** Changes the passphrase under which a backend keeps its keys sealed. */
@FunctionalInterface
public non-sealed interface Resealer extends Capability {

  /**
   * Seals everything stored under a fresh master key, protected by a new passphrase; from then on
   * the backend opens with that alone. Repeatable: what was cut short is completed, and then opens
   * with the passphrase given last.
   *
   * @param newPassphrase 1 to 4096 bytes, UTF-8, which may be the old one again; the caller closes
   *     it. None: without a passphrase, as far as the backend allows it
   * @throws BackendFailure {@link FailureCode#REFUSED} when a passphrase is needed here; {@link
   *     FailureCode#CORRUPT} when a key could not be read, which then keeps its old protection;
   *     {@link FailureCode#REJECTED} when the passphrase is not as said
   */
  void reseal(Optional<SecretBytes> newPassphrase, CallContext call) throws BackendFailure;
}

package dev.enclave.spi.backend;

import dev.enclave.KeyState;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;

/** Switches versions of keys off, on again, and destroys them. */
@FunctionalInterface
public non-sealed interface KeyStateChanger extends Capability {

  /**
   * Puts a version into a state. Repeatable: a version already there stays there.
   *
   * @param target ACTIVE, VERIFY_ONLY, DISABLED or DESTROYED
   * @throws BackendFailure {@link FailureCode#NOT_FOUND}; {@link FailureCode#INVALID_STATE} when
   *     the version is destroyed, or is to be ACTIVE while another is
   */
  KeySnapshot changeState(KeyVersionRef version, KeyState target, CallContext call)
      throws BackendFailure;
}

package dev.enclave.spi;

import dev.enclave.KeyState;

/** A backend whose versions can be switched off, on again, and destroyed. */
public interface KeyStateChanger {

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

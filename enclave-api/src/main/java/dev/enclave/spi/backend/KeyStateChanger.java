package dev.enclave.spi.backend;

import dev.enclave.KeyHandle;
import dev.enclave.KeyState;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import java.util.Optional;

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

  /**
   * Records on a version where the key was migrated to, so that whoever has the old handle finds
   * the new one. Repeatable; of several the last holds. The state of the version stays, and what
   * was recorded ends once the version is made ACTIVE again.
   *
   * @param to the new key
   * @return the key, with {@link KeySnapshot#movedTo()}; nothing when the backend has no place for
   *     it, as if it was not asked
   * @throws BackendFailure {@link FailureCode#NOT_FOUND}
   */
  default Optional<KeySnapshot> recordMove(KeyVersionRef version, KeyHandle to, CallContext call)
      throws BackendFailure {
    return Optional.empty();
  }
}

package dev.enclave.spi.backend;

import dev.enclave.SigningInput;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;

/** Signs with the private keys of a backend. */
@FunctionalInterface
public non-sealed interface KeySigner extends Capability {

  /**
   * Signs with exactly this version. Where the provider knows no state that may verify but not
   * sign, the version is refused by the state that the reference says it had; nothing is read for
   * that.
   *
   * <p>A local backend, and one that uses keys in this process, also signs with a version that a
   * rotation has left VERIFY_ONLY, as long as {@link KeyVersionRef#inGrace} says so, if nothing has
   * changed its state since and another version is active.
   *
   * @param input a message or digest that {@link BackendDescription#algorithms()} declares
   * @return the signature and the version <em>the provider says</em> made it
   * @throws BackendFailure {@link FailureCode#NOT_FOUND}; {@link FailureCode#INVALID_STATE} when
   *     the version is not active, and not within its grace; {@link FailureCode#UNSUPPORTED} for an
   *     undeclared input
   */
  RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure;
}

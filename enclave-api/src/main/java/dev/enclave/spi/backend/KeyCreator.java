package dev.enclave.spi.backend;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;

/** Makes keys. */
@FunctionalInterface
public non-sealed interface KeyCreator extends Capability {

  /**
   * Creates a key with one active version. Repeatable: when the key exists and its creation carried
   * {@link CreateRequest#operationId()}, it is returned as it is.
   *
   * @throws BackendFailure {@link FailureCode#ALREADY_EXISTS} when another operation created it;
   *     {@link FailureCode#UNSUPPORTED} for an algorithm that {@link
   *     BackendDescription#algorithms()} does not have; class {@link FailureClass#AMBIGUOUS} when
   *     it may or may not have been created, after which the engine repeats the call
   */
  KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure;
}

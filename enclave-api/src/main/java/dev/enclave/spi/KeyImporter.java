package dev.enclave.spi;

/** A backend that can take whole keys in. The engine has decrypted and checked them. */
public interface KeyImporter {

  /**
   * Restores a key under a name that is free: all of its versions or, on any failure, none. Ids,
   * states, order, times and public keys stay as they are in the request, every version's origin is
   * IMPORTED, and later versions get ids that none of them has. Repeatable: when the key exists and
   * its restoration carried {@link RestoreRequest#operationId()}, it is returned as it is.
   *
   * @throws BackendFailure {@link FailureCode#ALREADY_EXISTS} when another operation made a key of
   *     this name, which stays as it is; {@link FailureCode#UNSUPPORTED} for an algorithm that
   *     {@link BackendDescription#algorithms()} does not declare; {@link FailureCode#REJECTED} when
   *     a private half is not one of the algorithm
   */
  KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure;
}

package dev.enclave.spi.backend;

import dev.enclave.KeyHandle;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;

/**
 * Lends a backend the wrapping keys of other backends, under which it seals what it keeps: the
 * key-encryption key (KEK) in a cloud of keys that lie somewhere else. Thread-safe.
 */
@FunctionalInterface
public interface KeyEncryptionKeys {

  /**
   * The wrapping key that a handle names. Its backend is opened if need be, under the policy, in a
   * time of its own. May be asked while the borrower is being opened.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} when there is no such key, it wraps
   *     nothing, or its backend borrows from the one that asks, directly or through others; what
   *     opening the backend or reading the key failed with, otherwise
   */
  KeyEncryptionKey of(KeyHandle handle) throws BackendFailure;

  /** None: for a place without other backends. */
  static KeyEncryptionKeys none() {
    return handle -> {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "Key "
              + handle
              + " cannot be borrowed here: there are no other backends. Name a key of a backend"
              + " that is there.");
    };
  }
}

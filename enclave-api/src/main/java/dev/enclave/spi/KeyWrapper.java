package dev.enclave.spi;

import dev.enclave.Bytes;

/** A backend that can serve as key-encryption key (KEK) for 256-bit data keys. */
public interface KeyWrapper {

  /**
   * Encrypts a data key. The answer must be authenticated by the backend's own scheme or be
   * RSA-OAEP.
   *
   * @throws BackendFailure {@link FailureCode#INVALID_STATE} when the version is not active
   */
  Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call) throws BackendFailure;

  /**
   * Decrypts a data key.
   *
   * @return the data key; the caller closes it
   * @throws BackendFailure {@link FailureCode#CORRUPT} when {@code wrapped} was not made by this
   *     version; {@link FailureCode#INVALID_STATE} when the version is disabled or destroyed
   */
  SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call) throws BackendFailure;
}

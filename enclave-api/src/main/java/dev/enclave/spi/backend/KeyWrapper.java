package dev.enclave.spi.backend;

import dev.enclave.Bytes;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;

/** Wraps 256-bit data keys: keys of the backend serve as key-encryption keys (KEKs). */
public non-sealed interface KeyWrapper extends Capability {

  /**
   * Encrypts a data key. The answer must be authenticated by the backend's own scheme or be
   * RSA-OAEP. The version's state is the one in the reference where the provider does not know it,
   * as {@link KeySigner#sign} says.
   *
   * @throws BackendFailure {@link FailureCode#INVALID_STATE} when the version is not active
   */
  Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call) throws BackendFailure;

  /**
   * Decrypts what {@link #wrap} made; with an RSA-OAEP key also what others encrypted with the
   * public key, by SHA-256, MGF1 with SHA-256 and an empty label (RFC 8017 §7.1).
   *
   * @return the data key; with an RSA-OAEP key what was encrypted, of any length; the caller closes
   *     it
   * @throws BackendFailure {@link FailureCode#CORRUPT} when {@code wrapped} was not made for this
   *     version; {@link FailureCode#INVALID_STATE} when the version is disabled or destroyed
   */
  SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call) throws BackendFailure;
}

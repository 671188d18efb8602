package dev.enclave.spi.backend;

import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;

/**
 * Seals keys anew after their key-encryption key, which is a key of another backend, has another
 * version. The keys stay what they are: versions, states and public keys do not change, and
 * signatures go on meanwhile.
 *
 * <p>The engine does this by itself, one key at a time, while an Enclave is open, and at once when
 * an administrator asks for it. Where a provider replaces the key material under the same version
 * id, nothing here shows it.
 */
public non-sealed interface KeyRewrapper extends Capability {

  /**
   * Whether this process's account may list and write keys, so that it is the one to rewrap them.
   * Asks neither for a key nor for the key-encryption key. A replica that may only use keys is
   * answered no, and rewraps nothing.
   */
  boolean mayRewrap(CallContext call) throws BackendFailure;

  /** The version of the key-encryption key that wraps now, read anew. */
  KeyVersionId kekVersion(CallContext call) throws BackendFailure;

  /**
   * Whether a key is sealed under the version that wraps now, as far as this process knows that.
   * Reads what is stored of the key and does not open it, so that the key-encryption key is not
   * asked.
   *
   * @throws BackendFailure {@link FailureCode#NOT_FOUND}; {@link FailureCode#CORRUPT} for what is
   *     no key
   */
  boolean isCurrent(KeyName name, CallContext call) throws BackendFailure;

  /**
   * Seals a key anew, under a fresh data key that the current version wraps, whatever version
   * wrapped it before. Replaces what is stored only if nobody has changed it meanwhile; of
   * processes that do this at once, each that fails leaves a whole key. Repeatable.
   *
   * @throws BackendFailure {@link FailureCode#CORRUPT} when a part of the key cannot be read; it
   *     stays as it is
   */
  void rewrap(KeyName name, CallContext call) throws BackendFailure;
}

package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;

/**
 * A key as whoever uses it sees it: nothing here changes the key. Administrators change it through
 * {@link Enclave#admin()}. Thread-safe.
 */
public interface EnclaveKey {

  /** The identity, to be stored. */
  KeyHandle handle();

  /** The scheme. */
  KeyAlgorithm algorithm();

  /** What the backend says now; asks it. */
  KeyInfo info();

  /**
   * The version that signs or wraps now.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_ACTIVE} when there is none
   */
  KeyVersion activeVersion();
}

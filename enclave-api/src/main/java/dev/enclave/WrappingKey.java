package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;

/** A key-encryption key (KEK). Thread-safe. */
public interface WrappingKey extends EnclaveKey {

  @Override
  WrappingAlgorithm algorithm();

  /** As {@link Enclave#seal} with this key. */
  SealedBytes seal(byte[] plaintext, byte[] associatedData);

  /**
   * As {@link Enclave#unseal}; the box must name this key.
   *
   * @throws UsageException {@link ErrorCode#INVALID_HANDLE} when it names another
   */
  byte[] unseal(SealedBytes box, byte[] associatedData);
}

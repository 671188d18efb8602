package dev.enclave;

import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import java.util.Optional;

/**
 * Finds keys of one purpose and does nothing else: {@link Enclave#signingKeys()} and {@link
 * Enclave#wrappingKeys()}. A key of the other purpose is refused with {@link
 * ErrorCode#WRONG_PURPOSE}. Thread-safe.
 *
 * @param <K> {@link SigningKey} or {@link WrappingKey}
 */
public interface Keys<K extends EnclaveKey> {

  /**
   * The key of this name: an adopted one, or one of the resolved backend.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_FOUND}, {@link ErrorCode#WRONG_PURPOSE}, {@link
   *     ErrorCode#INVALID_NAME} when {@code name} breaks the grammar of {@link KeyName}
   */
  default K key(String name) {
    return key(KeyName.of(name));
  }

  /** As {@link #key(String)}. */
  K key(KeyName name);

  /**
   * The key a stored handle names, in the backend the handle names.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_FOUND}, {@link ErrorCode#WRONG_PURPOSE}
   * @throws ConfigurationException {@link ErrorCode#HANDLE_AUTHORITY_MISMATCH}, {@link
   *     ErrorCode#BACKEND_NOT_FOUND}
   * @throws IntegrityException {@link ErrorCode#KEY_IDENTITY_CHANGED}
   */
  K key(KeyHandle handle);

  /** As {@link #key(String)}; empty when there is no key of this name. */
  default Optional<K> find(String name) {
    return find(KeyName.of(name));
  }

  /** As {@link #key(KeyName)}; empty when there is no key of this name. */
  Optional<K> find(KeyName name);
}

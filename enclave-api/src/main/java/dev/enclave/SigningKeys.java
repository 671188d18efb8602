package dev.enclave;

import dev.enclave.error.UsageException;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import java.util.Optional;

/**
 * Finds signing keys, and does nothing else: for a component that signs and may neither create keys
 * nor administer them. Thread-safe.
 */
public interface SigningKeys {

  /**
   * The signing key of this name: an adopted one, or one of the resolved backend.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_FOUND}, {@link ErrorCode#WRONG_PURPOSE}, {@link
   *     ErrorCode#INVALID_NAME} when {@code name} breaks the grammar of {@link KeyName}
   */
  default SigningKey key(String name) {
    return key(KeyName.of(name));
  }

  /** As {@link #key(String)}. */
  SigningKey key(KeyName name);

  /**
   * The signing key a stored handle names, in the backend the handle names.
   *
   * @throws UsageException {@link ErrorCode#KEY_NOT_FOUND}, {@link ErrorCode#WRONG_PURPOSE}
   * @throws ConfigurationException {@link ErrorCode#HANDLE_AUTHORITY_MISMATCH}, {@link
   *     ErrorCode#BACKEND_NOT_FOUND}
   * @throws IntegrityException {@link ErrorCode#KEY_IDENTITY_CHANGED}
   */
  SigningKey key(KeyHandle handle);

  /** As {@link #key(String)}; empty when there is no key of this name. */
  default Optional<SigningKey> find(String name) {
    return find(KeyName.of(name));
  }

  /** As {@link #key(KeyName)}; empty when there is no key of this name. */
  Optional<SigningKey> find(KeyName name);
}

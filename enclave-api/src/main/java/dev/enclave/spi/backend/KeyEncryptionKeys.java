package dev.enclave.spi.backend;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;

/**
 * Lends a backend the wrapping keys of other backends, under which it seals what it keeps: the
 * key-encryption key (KEK) in a cloud of keys that lie somewhere else. What is sealed for one
 * backend opens for no other and for no caller, and callers may not use a lent key. Thread-safe.
 */
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

  /**
   * The wrapping key of that name in a backend, at whatever place the backend is configured for.
   *
   * @throws BackendFailure as {@link #of(KeyHandle)}
   */
  KeyEncryptionKey of(BackendId backend, KeyName name) throws BackendFailure;

  /** None: for a place without other backends. */
  static KeyEncryptionKeys none() {
    return new KeyEncryptionKeys() {
      @Override
      public KeyEncryptionKey of(KeyHandle handle) throws BackendFailure {
        throw noOthers(handle.toString());
      }

      @Override
      public KeyEncryptionKey of(BackendId backend, KeyName name) throws BackendFailure {
        throw noOthers(backend + ":" + name);
      }
    };
  }

  private static BackendFailure noOthers(String key) {
    return BackendFailure.permanent(FailureCode.MISCONFIGURED, Texts.NO_OTHER_BACKENDS.with(key));
  }
}

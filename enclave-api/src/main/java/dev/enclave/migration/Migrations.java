package dev.enclave.migration;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;

/** Migrates signing keys from one backend to another. Thread-safe. */
public interface Migrations {

  /**
   * Says what a migration of a key would do. Reads the key and opens both backends; changes
   * nothing. A plan without a way says why no way is possible.
   *
   * @param key the key
   * @param target the backend that the key is to be in, which the configuration has a section for
   * @throws PolicyException {@link ErrorCode#STAMP_MISMATCH}, {@link ErrorCode#STAMP_MISSING} or
   *     {@link ErrorCode#STAMP_UNREADABLE} for a key that was or may have been made for another
   *     environment type, in PRODUCTION and STAGING also when it is adopted
   * @throws UsageException {@link ErrorCode#KEY_NOT_FOUND}; {@link ErrorCode#KEY_NOT_ACTIVE};
   *     {@link ErrorCode#WRONG_PURPOSE} for a wrapping key: seal its boxes anew under a key in the
   *     target
   * @throws dev.enclave.error.ConfigurationException {@link ErrorCode#BACKEND_NOT_FOUND}
   */
  MigrationPlan plan(KeyHandle key, BackendId target);
}

package dev.enclave.admin;

import dev.enclave.error.EnclaveException;

/**
 * Seals the resolved backend's keys anew under the version of their key-encryption key that wraps
 * now, which is a key of another backend. An open Enclave does this by itself, slowly, where its
 * account may write; this does it at once. Signatures go on meanwhile, here and in other processes.
 * Thread-safe.
 *
 * <p>A provider that replaces the key material under the same version id, as AWS KMS does when it
 * rotates a symmetric key by itself, shows no other version: then every key counts as current, and
 * only {@link #rewrapAll()} seals it under the new material.
 */
public interface Rewrapping {

  /**
   * Seals those keys anew that another version than the current one wraps. One key that fails stops
   * no other. Repeat it until the report is complete; then no key needs an older version, as far as
   * no process still writes with an older reading of the key-encryption key.
   *
   * @throws EnclaveException when the keys could not be listed, or the key-encryption key could not
   *     be read; nothing was changed then
   */
  RewrapReport rewrap();

  /** As {@link #rewrap()}, every key, whatever version wraps it. */
  RewrapReport rewrapAll();
}

package dev.enclave.spi.backend;

import dev.enclave.Assurance;
import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.SealedBytes;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;

/**
 * A wrapping key of another backend. Policy, the breaker and the audit log of the engine apply to
 * each call, as to calls of an application. Each is one attempt, a part of the borrower's own,
 * which the engine repeats. Thread-safe.
 *
 * <p>A failure has the class and code that the other backend's has, but never one that could be
 * taken for a word on the borrower's own keys: {@code NOT_FOUND}, {@code INVALID_STATE} and the
 * like come as {@link FailureCode#REJECTED}.
 */
public interface KeyEncryptionKey {

  /** The key, with the fingerprint of its first version if it has a public half. */
  KeyHandle handle();

  /** The version that seals now, by the newest reading of the key that there is. */
  KeyVersionId activeVersion();

  /**
   * The version that seals now, by a new reading of the key. A provider that replaces key material
   * under the same id, as AWS KMS does when it rotates a symmetric key by itself, shows no other
   * version: such a rotation cannot be seen.
   *
   * @param call its deadline bounds this call
   */
  KeyVersionId activeVersion(CallContext call) throws BackendFailure;

  /** What protects the version that seals now. */
  Assurance assurance();

  /**
   * Encrypts by AES-256-GCM under a fresh data key, which the active version wraps.
   *
   * @param plaintext at most 64 MiB; not kept
   * @param associatedData authenticated with it, not stored
   * @param call its deadline bounds this call
   */
  SealedBytes seal(byte[] plaintext, byte[] associatedData, CallContext call) throws BackendFailure;

  /**
   * Decrypts what {@link #seal} made, by the version that made it.
   *
   * @param call its deadline bounds this call
   * @return the plaintext, which the caller overwrites
   * @throws BackendFailure {@link FailureCode#CORRUPT} when box or associated data were changed;
   *     {@link FailureCode#REJECTED} when the box was sealed by another key
   */
  byte[] unseal(SealedBytes box, byte[] associatedData, CallContext call) throws BackendFailure;
}

package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import java.util.Optional;

/**
 * A key-encryption key (KEK). Thread-safe.
 *
 * <p>One that a setting lends to a backend or to the queue of deferred operations neither seals,
 * opens nor decrypts for callers: {@link ErrorCode#KEY_LENT}.
 */
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

  /**
   * As {@link Enclave#reseal}; the box must name this key.
   *
   * @throws UsageException {@link ErrorCode#INVALID_HANDLE} when it names another
   */
  SealedBytes reseal(SealedBytes box, byte[] associatedData);

  /** The active version's public key; none for AES, which has no public half. */
  Optional<PublicKeyInfo> publicKey();

  /**
   * Decrypts what somebody encrypted with this key's public key, such as the content key of a JSON
   * Web Encryption: RSAES-OAEP with SHA-256, MGF1 with SHA-256 and an empty label (RFC 8017 §7.1,
   * {@code RSA-OAEP-256} in RFC 7518 §4.3). Tries the active version, then each that still opens,
   * newest first; each try is a call to the backend.
   *
   * @param ciphertext as long as the modulus, in bytes
   * @return what was encrypted
   * @throws UsageException {@link ErrorCode#UNSUPPORTED_ALGORITHM} when the key is an AES key,
   *     which opens what {@link #seal} made and nothing else
   * @throws IntegrityException {@link ErrorCode#SEALED_DATA_CORRUPT} when {@code ciphertext} was
   *     made for none of the versions or was changed
   */
  byte[] decrypt(byte[] ciphertext);

  /**
   * As {@link #decrypt(byte[])}, with this version alone.
   *
   * @throws UsageException {@link ErrorCode#VERSION_NOT_FOUND}; {@link ErrorCode#KEY_NOT_ACTIVE}
   *     when the version is disabled or destroyed
   */
  byte[] decrypt(byte[] ciphertext, KeyVersionId version);
}

package dev.enclave.crypto;

import dev.enclave.Bytes;
import dev.enclave.crypto.internal.bouncycastle.AesGcm;
import dev.enclave.crypto.internal.hash.Hkdf;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A data-encryption key (DEK) of envelope encryption: 32 random bytes, from which HKDF-SHA256 (RFC
 * 5869, no salt) derives the encryption key and a commitment. The commitment makes a ciphertext
 * open under one key only, which AES-GCM by itself does not promise. Thread-safe.
 */
public final class DataKey implements AutoCloseable {

  private static final int LENGTH = 32;
  private static final int NONCE_LENGTH = 12;

  private final SecretBytes raw;

  private DataKey(SecretBytes raw) {
    this.raw = raw;
  }

  /** A fresh key. */
  public static DataKey generate(SecureRandom random) {
    byte[] key = new byte[LENGTH];
    random.nextBytes(key);
    return new DataKey(SecretBytes.takeOver(key));
  }

  /**
   * A key from a copy of {@code raw32}, which stays the caller's to close.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when it is not 32 bytes
   */
  public static DataKey of(SecretBytes raw32) {
    if (raw32.size() != LENGTH) {
      throw new UsageException(
          ErrorCode.INVALID_ENCODING,
          "A data-encryption key has 32 bytes but " + raw32.size() + " were given.");
    }
    return new DataKey(SecretBytes.takeOver(raw32.exposeSecret()));
  }

  /** A copy of the 32 bytes, to be wrapped. The caller closes it. */
  public SecretBytes raw() {
    return SecretBytes.takeOver(exposed());
  }

  /** 32 bytes that commit to this key: HKDF-SHA256 with info {@code enclave-commitment-v1}. */
  public Bytes commitment() {
    return Bytes.of(derived("enclave-commitment-v1"));
  }

  /**
   * AES-256-GCM (NIST SP 800-38D) under HKDF-SHA256 with info {@code enclave-encryption-v1}.
   *
   * @param nonce12 12 bytes, never used twice with this key
   * @return ciphertext ‖ 16-byte tag
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when the nonce is not 12 bytes
   */
  public Bytes encrypt(Bytes nonce12, Bytes associatedData, byte[] plaintext) {
    requireNonce(nonce12);
    byte[] key = derived("enclave-encryption-v1");
    try {
      return Bytes.of(
          AesGcm.encrypt(key, nonce12.toByteArray(), associatedData.toByteArray(), plaintext));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * Opens what {@link #encrypt} made.
   *
   * @throws IntegrityException ({@link ErrorCode#SEALED_DATA_CORRUPT}) when key, nonce, associated
   *     data or ciphertext are not the ones of the encryption
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when the nonce is not 12 bytes
   */
  public byte[] decrypt(Bytes nonce12, Bytes associatedData, Bytes ciphertext) {
    requireNonce(nonce12);
    byte[] key = derived("enclave-encryption-v1");
    try {
      return AesGcm.decrypt(
          key, nonce12.toByteArray(), associatedData.toByteArray(), ciphertext.toByteArray());
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** Overwrites the key. Idempotent. */
  @Override
  public void close() {
    raw.close();
  }

  @Override
  public String toString() {
    return "DataKey[***]";
  }

  private byte[] derived(String info) {
    byte[] key = exposed();
    try {
      return Hkdf.sha256(key, info, LENGTH);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private byte[] exposed() {
    try {
      return raw.exposeSecret();
    } catch (IllegalStateException e) {
      throw new UsageException(
          ErrorCode.CLOSED, "The data-encryption key has been closed. Unwrap it again.");
    }
  }

  private static void requireNonce(Bytes nonce) {
    if (nonce.size() != NONCE_LENGTH) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "An AES-GCM nonce has 12 bytes but " + nonce.size() + " were given.");
    }
  }
}

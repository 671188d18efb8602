package dev.enclave.crypto;

import dev.enclave.Bytes;
import dev.enclave.crypto.internal.bouncycastle.AesGcm;
import dev.enclave.crypto.internal.hash.Hkdf;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A data-encryption key (DEK) of envelope encryption: 32 random bytes, from which HKDF-SHA256 (RFC
 * 5869, no salt) derives the encryption key and a commitment. The commitment makes a ciphertext
 * open under one key only, which AES-GCM by itself does not promise. Between its uses the key lies
 * outside the Java heap, in locked memory where the system allows that. Thread-safe.
 */
public final class DataKey implements AutoCloseable {

  private static final int LENGTH = 32;
  private static final int NONCE_LENGTH = 12;

  private final OffHeapSecret raw;
  private final OffHeapSecret encryptionKey;
  private final Bytes commitment;
  private boolean closed; // Guarded by this, so that nobody reads memory that has been given up.

  // What is derived is derived once: Bouncy Castle leaves copies of the input on the heap.
  private DataKey(byte[] raw) {
    this.commitment = Bytes.of(Hkdf.sha256(raw, "enclave-commitment-v1", LENGTH));
    this.encryptionKey = OffHeapSecret.of(Hkdf.sha256(raw, "enclave-encryption-v1", LENGTH));
    this.raw = OffHeapSecret.of(raw);
  }

  /** A fresh key. */
  public static DataKey generate(SecureRandom random) {
    byte[] key = new byte[LENGTH];
    random.nextBytes(key);
    return new DataKey(key);
  }

  /**
   * A key from a copy of {@code raw32}, which stays the caller's to close.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when it is not 32 bytes
   */
  public static DataKey of(SecretBytes raw32) {
    if (raw32.size() != LENGTH) {
      throw Texts.DATA_KEY_LENGTH.as(ErrorCode.INVALID_ENCODING, raw32.size());
    }
    return new DataKey(raw32.exposeSecret());
  }

  /** A copy of the 32 bytes, to be wrapped. The caller closes it. */
  public SecretBytes raw() {
    return SecretBytes.takeOver(exposed(raw));
  }

  /** 32 bytes that commit to this key: HKDF-SHA256 with info {@code enclave-commitment-v1}. */
  public synchronized Bytes commitment() {
    requireOpen();
    return commitment;
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
    byte[] key = exposed(encryptionKey);
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
    byte[] key = exposed(encryptionKey);
    try {
      return AesGcm.decrypt(
          key, nonce12.toByteArray(), associatedData.toByteArray(), ciphertext.toByteArray());
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** Overwrites the key. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    raw.close();
    encryptionKey.close();
  }

  @Override
  public String toString() {
    return "DataKey[***]";
  }

  private synchronized byte[] exposed(OffHeapSecret secret) {
    requireOpen();
    return secret.open();
  }

  private void requireOpen() {
    if (closed) {
      throw Texts.DATA_KEY_CLOSED.as(ErrorCode.CLOSED);
    }
  }

  private static void requireNonce(Bytes nonce) {
    if (nonce.size() != NONCE_LENGTH) {
      throw Texts.NONCE_LENGTH.as(ErrorCode.INVALID_ARGUMENT, nonce.size());
    }
  }
}

package dev.enclave.crypto.internal.bouncycastle;

import dev.enclave.crypto.internal.encoding.BouncyCastle;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/** AES-256-GCM (NIST SP 800-38D): 12-byte nonce, 16-byte tag after the ciphertext. */
public final class AesGcm {

  static final int NONCE_LENGTH = 12;
  static final int TAG_LENGTH = 16;

  private AesGcm() {}

  public static byte[] encrypt(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
    try {
      return process(true, key, nonce, associatedData, plaintext);
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("encryption checks no tag");
    }
  }

  /**
   * Opens what {@link #encrypt} made.
   *
   * @throws IntegrityException ({@link ErrorCode#SEALED_DATA_CORRUPT}) when the tag does not match
   */
  public static byte[] decrypt(byte[] key, byte[] nonce, byte[] associatedData, byte[] sealed) {
    try {
      return process(false, key, nonce, associatedData, sealed);
    } catch (InvalidCipherTextException e) {
      throw corrupt();
    }
  }

  static EnclaveException corrupt() {
    return Texts.SEALED_DATA_CORRUPT.as(ErrorCode.SEALED_DATA_CORRUPT);
  }

  private static byte[] process(
      boolean encrypt, byte[] key, byte[] nonce, byte[] associatedData, byte[] input)
      throws InvalidCipherTextException {
    // Bouncy Castle copies the key into this object, which nobody else overwrites.
    KeyParameter copy = new KeyParameter(key);
    try {
      return process(encrypt, copy, nonce, associatedData, input);
    } finally {
      Arrays.fill(copy.getKey(), (byte) 0);
    }
  }

  private static byte[] process(
      boolean encrypt, KeyParameter key, byte[] nonce, byte[] associatedData, byte[] input)
      throws InvalidCipherTextException {
    GCMModeCipher cipher = GCMBlockCipher.newInstance(BouncyCastle.aes());
    cipher.init(encrypt, new AEADParameters(key, 8 * TAG_LENGTH, nonce, associatedData));
    byte[] output = new byte[cipher.getOutputSize(input.length)];
    int written = cipher.processBytes(input, 0, input.length, output, 0);
    try {
      cipher.doFinal(output, written);
    } catch (InvalidCipherTextException e) {
      Arrays.fill(output, (byte) 0);
      throw e;
    }
    return output;
  }
}

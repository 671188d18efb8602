package dev.enclave.emulators.internal.crypto;

import java.util.Arrays;
import java.util.Optional;

/** Takes keys out of what somebody wrapped for an RSA key. */
public final class KeyUnwrapping {

  private KeyUnwrapping() {}

  /**
   * PKCS #11, CKM_RSA_AES_KEY_WRAP: an AES key under RSA-OAEP with {@code hash}, followed by the
   * key material under AES key wrap with padding (RFC 5649).
   *
   * @return the key material; empty if it was not wrapped so under {@code key}
   */
  public static Optional<byte[]> rsaAes(RsaMaterial key, Hash hash, byte[] wrapped) {
    int length = key.modulusBytes();
    if (wrapped.length <= length) {
      return Optional.empty();
    }
    byte[] inner = Arrays.copyOfRange(wrapped, length, wrapped.length);
    return key.decrypt(hash, Arrays.copyOf(wrapped, length)).flatMap(aes -> unwrapAes(aes, inner));
  }

  private static Optional<byte[]> unwrapAes(byte[] aesKey, byte[] wrapped) {
    return aesKey.length == 16 || aesKey.length == 24 || aesKey.length == 32
        ? SecretMaterial.of(aesKey).unwrapPadded(wrapped)
        : Optional.empty();
  }
}

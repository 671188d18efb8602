package dev.enclave.emulators.internal.crypto;

import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.RFC5649WrapEngine;
import org.bouncycastle.crypto.params.KeyParameter;

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
    if (aesKey.length != 16 && aesKey.length != 24 && aesKey.length != 32) {
      return Optional.empty();
    }
    RFC5649WrapEngine engine = new RFC5649WrapEngine(AESEngine.newInstance());
    engine.init(false, new KeyParameter(aesKey));
    try {
      return Optional.of(engine.unwrap(wrapped, 0, wrapped.length));
    } catch (InvalidCipherTextException e) {
      return Optional.empty();
    }
  }
}

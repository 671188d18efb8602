package dev.enclave.emulators.internal.aws.crypto;

import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.RFC5649WrapEngine;
import org.bouncycastle.crypto.params.KeyParameter;

/** KMS Developer Guide, "Select a wrapping algorithm" and "Encrypt the key material". */
public final class KeyUnwrapping {

  private KeyUnwrapping() {}

  /**
   * The key material inside {@code wrapped}; empty if it was not wrapped by {@code algorithm} under
   * {@code key}.
   *
   * @param algorithm RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256: the key material itself under RSA;
   *     RSA_AES_KEY_WRAP_SHA_1, RSA_AES_KEY_WRAP_SHA_256: an AES key under RSA-OAEP, followed by
   *     the key material under AES key wrap with padding (RFC 5649)
   */
  public static Optional<byte[]> unwrap(RsaMaterial key, String algorithm, byte[] wrapped) {
    Hash hash = Hash.of(algorithm);
    if (algorithm.startsWith("RSAES_OAEP")) {
      return key.decrypt(hash, wrapped);
    }
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

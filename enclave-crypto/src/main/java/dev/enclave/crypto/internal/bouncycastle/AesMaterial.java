package dev.enclave.crypto.internal.bouncycastle;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/** A symmetric key-encryption key. */
final class AesMaterial implements KeyMaterial.Wrapping {

  private static final int LENGTH = 32;

  private final OffHeapSecret key;
  private final SecureRandom random;

  /**
   * @param key overwritten
   */
  private AesMaterial(byte[] key, SecureRandom random) {
    this.key = OffHeapSecret.of(key);
    this.random = random;
  }

  static AesMaterial generate(SecureRandom random) {
    byte[] key = new byte[LENGTH];
    random.nextBytes(key);
    return new AesMaterial(key, random);
  }

  static AesMaterial decode(byte[] encoded, SecureRandom random) {
    if (encoded.length != LENGTH) {
      throw Texts.AES_KEY_LENGTH.as(ErrorCode.INVALID_ENCODING, encoded.length);
    }
    return new AesMaterial(encoded.clone(), random);
  }

  @Override
  public KeyAlgorithm algorithm() {
    return WrappingAlgorithm.AES_256_GCM;
  }

  @Override
  public Optional<PublicKeyInfo> publicKey() {
    return Optional.empty();
  }

  @Override
  public SecretBytes encode() {
    return SecretBytes.takeOver(key.open());
  }

  @Override
  public Bytes wrap(SecretBytes dataKey) {
    if (dataKey.size() == 0) {
      throw Texts.NOTHING_TO_WRAP.as(ErrorCode.INVALID_ARGUMENT);
    }
    byte[] nonce = new byte[AesGcm.NONCE_LENGTH];
    random.nextBytes(nonce);
    byte[] sealed =
        dataKey.use(plain -> key.use(opened -> AesGcm.encrypt(opened, nonce, new byte[0], plain)));
    byte[] wrapped = Arrays.copyOf(nonce, nonce.length + sealed.length);
    System.arraycopy(sealed, 0, wrapped, nonce.length, sealed.length);
    return Bytes.of(wrapped);
  }

  @Override
  public SecretBytes unwrap(Bytes wrapped) {
    byte[] bytes = wrapped.toByteArray();
    if (bytes.length <= AesGcm.NONCE_LENGTH + AesGcm.TAG_LENGTH) {
      throw AesGcm.corrupt();
    }
    byte[] nonce = Arrays.copyOf(bytes, AesGcm.NONCE_LENGTH);
    byte[] sealed = Arrays.copyOfRange(bytes, AesGcm.NONCE_LENGTH, bytes.length);
    return SecretBytes.takeOver(
        key.use(opened -> AesGcm.decrypt(opened, nonce, new byte[0], sealed)));
  }

  @Override
  public void destroy() {
    key.close();
  }
}

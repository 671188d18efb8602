package dev.enclave.crypto;

import dev.enclave.Bytes;
import dev.enclave.crypto.internal.encoding.BouncyCastle;
import dev.enclave.crypto.internal.encoding.RsaWrappingKeys;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.encodings.OAEPEncoding;

/**
 * A key itself under RSAES-OAEP (RFC 8017 §7.1) with SHA-256 throughout and an empty label: for
 * services that take private keys so and not by {@link RsaAesKeyWrap}. A private RSA key is too
 * long for it. Stateless and thread-safe.
 */
public final class RsaOaepWrap {

  private RsaOaepWrap() {}

  /**
   * Wraps {@code key} so that only who has the private half of {@code wrappingKey} can open it.
   *
   * @param wrappingKey an RSA public key of at least 2,048 bits, DER SubjectPublicKeyInfo
   * @param key at most as many bytes as the modulus has, less 66; stays the caller's
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when {@code wrappingKey} is no such
   *     key; ({@link ErrorCode#INVALID_ARGUMENT}) when {@code key} is too long for it
   */
  public static Bytes wrap(Bytes wrappingKey, SecretBytes key, SecureRandom random) {
    OAEPEncoding oaep =
        RsaWrappingKeys.oaep(wrappingKey, BouncyCastle.sha256(), BouncyCastle.sha256(), random);
    if (key.size() > oaep.getInputBlockSize()) {
      throw Texts.TOO_LONG_FOR_KEY.as(
          ErrorCode.INVALID_ARGUMENT, oaep.getInputBlockSize(), key.size());
    }
    try {
      return Bytes.of(key.use(plain -> oaep.processBlock(plain, 0, plain.length)));
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("encryption checks no padding");
    }
  }
}

package dev.enclave.crypto;

import dev.enclave.Bytes;
import dev.enclave.crypto.internal.encoding.BouncyCastle;
import dev.enclave.crypto.internal.encoding.RsaWrappingKeys;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.encodings.OAEPEncoding;

/**
 * RSA AES key wrap (PKCS #11 v3.0 §2.1.21, {@code CKM_RSA_AES_KEY_WRAP}): how clouds take private
 * keys for import. A fresh AES-256 key under RSAES-OAEP (RFC 8017 §7.1, empty label, one hash
 * throughout), followed by the private key under {@link AesKeyWrap#KWP} with that. Stateless and
 * thread-safe.
 */
public enum RsaAesKeyWrap {
  /** OAEP with SHA-1, for services that know no other. */
  SHA_1,

  /** OAEP with SHA-256. */
  SHA_256;

  private static final int AES_BYTES = 32;

  /**
   * Wraps {@code key} so that only who has the private half of {@code wrappingKey} can open it.
   *
   * @param wrappingKey an RSA public key of at least 2,048 bits, DER SubjectPublicKeyInfo
   * @param key the private key, DER PKCS#8 where the service wants that; stays the caller's
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when {@code wrappingKey} is no such
   *     key
   */
  public Bytes wrap(Bytes wrappingKey, SecretBytes key, SecureRandom random) {
    OAEPEncoding oaep = RsaWrappingKeys.oaep(wrappingKey, hash(), hash(), random);
    byte[] aes = new byte[AES_BYTES];
    random.nextBytes(aes);
    try (SecretBytes kek = SecretBytes.takeOver(aes)) {
      byte[] first = oaep.processBlock(aes, 0, aes.length);
      byte[] second = AesKeyWrap.KWP.wrap(kek, key).toByteArray();
      byte[] both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      return Bytes.of(both);
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("encryption checks no padding");
    }
  }

  private Digest hash() {
    return this == SHA_1 ? new SHA1Digest() : BouncyCastle.sha256();
  }
}

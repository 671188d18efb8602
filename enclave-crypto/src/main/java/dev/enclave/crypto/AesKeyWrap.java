package dev.enclave.crypto;

import dev.enclave.Bytes;
import dev.enclave.crypto.internal.encoding.BouncyCastle;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.Wrapper;
import org.bouncycastle.crypto.engines.RFC3394WrapEngine;
import org.bouncycastle.crypto.engines.RFC5649WrapEngine;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * AES key wrap (NIST SP 800-38F): deterministic encryption of keys under a key-encryption key of
 * 16, 24 or 32 bytes, as clouds take keys for import. By Bouncy Castle. Stateless and thread-safe.
 */
public enum AesKeyWrap {
  /** KW (RFC 3394 §2.2) with the default initial value: keys of 16, 24, 32 … bytes. */
  KW(16, 8),

  /** KWP (RFC 5649): keys of any length but zero. */
  KWP(1, 1);

  private static final int BLOCK = 8;
  private static final int MOST_BYTES = 1 << 16;

  private final int least;
  private final int step;

  AesKeyWrap(int least, int step) {
    this.least = least;
    this.step = step;
  }

  /**
   * Wraps {@code key}: eight bytes more, after padding to a multiple of eight by KWP.
   *
   * @param kek the key-encryption key, of 16, 24 or 32 bytes
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when one of the two has a length
   *     that cannot be, or {@code key} more than 65,536 bytes
   */
  public Bytes wrap(SecretBytes kek, SecretBytes key) {
    int length = key.size();
    if (length < least || length % step != 0 || length > MOST_BYTES) {
      throw Texts.WRAP_LENGTH.as(
          ErrorCode.INVALID_ARGUMENT,
          this,
          least,
          MOST_BYTES,
          step == 1 ? "" : Texts.A_MULTIPLE_OF.with(step),
          length,
          step == 1 ? "" : Texts.USE_KWP.with());
    }
    return key.use(plain -> Bytes.of(using(kek, true).wrap(plain, 0, plain.length)));
  }

  /**
   * Takes the key out again. The caller closes it.
   *
   * @throws IntegrityException ({@link ErrorCode#SEALED_DATA_CORRUPT}) when {@code wrapped} was not
   *     made by this scheme under {@code kek}
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when {@code kek} has a length that
   *     cannot be
   */
  public SecretBytes unwrap(SecretBytes kek, Bytes wrapped) {
    Wrapper unwrapper = using(kek, false);
    int length = wrapped.size();
    // The shortest key fills up to a multiple of eight bytes, and eight more are the check value.
    int shortest = (least + BLOCK - 1) / BLOCK * BLOCK + BLOCK;
    if (length % BLOCK != 0 || length < shortest || length > MOST_BYTES + BLOCK) {
      throw corrupt();
    }
    try {
      return SecretBytes.takeOver(unwrapper.unwrap(wrapped.toByteArray(), 0, length));
    } catch (InvalidCipherTextException e) {
      throw corrupt();
    }
  }

  private Wrapper using(SecretBytes kek, boolean forWrapping) {
    if (kek.size() != 16 && kek.size() != 24 && kek.size() != 32) {
      throw Texts.KEK_LENGTH.as(ErrorCode.INVALID_ARGUMENT, kek.size());
    }
    Wrapper wrapper =
        this == KW
            ? new RFC3394WrapEngine(BouncyCastle.aes())
            : new RFC5649WrapEngine(BouncyCastle.aes());
    wrapper.init(forWrapping, kek.use(KeyParameter::new));
    return wrapper;
  }

  private static EnclaveException corrupt() {
    return Texts.WRAPPED_KEY_CORRUPT.as(ErrorCode.SEALED_DATA_CORRUPT);
  }
}

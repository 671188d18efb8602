package dev.enclave.crypto.internal.bouncycastle;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.params.RSAKeyParameters;

/** An RSA private key below its padding. */
public interface RsaKey {

  KeyAlgorithm algorithm();

  PublicKeyInfo info();

  RSAKeyParameters publicHalf();

  /** Makes salts and seeds. */
  SecureRandom random();

  /**
   * The private operation, which blinds its input and checks its result; to be initialised with
   * {@link #parameters()}. It throws {@link IllegalStateException} when the check fails.
   */
  AsymmetricBlockCipher privateOperation();

  RSAKeyParameters parameters();

  SecretBytes encode();

  void destroy();

  /** The failed self-check of {@link #privateOperation()}: what it computed must not get out. */
  static EnclaveException faulty() {
    return Texts.RSA_SELF_CHECK_FAILED.as(ErrorCode.KEY_DATA_CORRUPT);
  }
}

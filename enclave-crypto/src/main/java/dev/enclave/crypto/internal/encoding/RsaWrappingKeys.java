package dev.enclave.crypto.internal.encoding;

import dev.enclave.Bytes;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.encodings.OAEPEncoding;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/** RSA public keys that others hand out to have keys wrapped under. */
public final class RsaWrappingKeys {

  private static final int LEAST_BITS = 2048;

  private RsaWrappingKeys() {}

  /**
   * RSAES-OAEP under such a key, ready to encrypt.
   *
   * @param wrappingKey DER SubjectPublicKeyInfo
   * @param hash of the label
   * @param maskHash of MGF1; another object than {@code hash}
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when it is no RSA key, or a short
   *     one
   */
  public static OAEPEncoding oaep(
      Bytes wrappingKey, Digest hash, Digest maskHash, SecureRandom random) {
    OAEPEncoding oaep = new OAEPEncoding(new RSAEngine(), hash, maskHash, null);
    oaep.init(true, new ParametersWithRandom(parsed(wrappingKey), random));
    return oaep;
  }

  private static RSAKeyParameters parsed(Bytes wrappingKey) {
    try {
      AsymmetricKeyParameter parsed = PublicKeyFactory.createKey(wrappingKey.toByteArray());
      if (parsed instanceof RSAKeyParameters rsa
          && !rsa.isPrivate()
          && rsa.getModulus().bitLength() >= LEAST_BITS) {
        return rsa;
      }
    } catch (IOException | RuntimeException e) { // Bouncy Castle throws what it meets.
      throw refused();
    }
    throw refused();
  }

  private static EnclaveException refused() {
    return Texts.NO_WRAPPING_KEY.as(ErrorCode.INVALID_ENCODING, LEAST_BITS);
  }
}

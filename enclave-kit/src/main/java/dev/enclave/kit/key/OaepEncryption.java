package dev.enclave.kit.key;

import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.Security;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * Encrypts data keys by RSAES-OAEP with SHA-256 (RFC 8017 §7.1), with the public key and in this
 * process: nobody has to be believed that what came back is the data key's.
 */
public final class OaepEncryption {

  private static final OAEPParameterSpec SHA256 =
      new OAEPParameterSpec(
          "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);

  private OaepEncryption() {}

  /**
   * Encrypts {@code secret}, which stays the caller's to wipe.
   *
   * @throws BackendFailure {@link FailureCode#UNSUPPORTED} in a JDK that cannot
   */
  public static Bytes encrypt(PublicKeyInfo publicKey, byte[] secret) throws BackendFailure {
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding", provider("SunJCE"));
      cipher.init(
          Cipher.ENCRYPT_MODE,
          KeyFactory.getInstance("RSA", provider("SunRsaSign"))
              .generatePublic(new X509EncodedKeySpec(publicKey.spki().toByteArray())),
          SHA256);
      return Bytes.of(cipher.doFinal(secret));
    } catch (GeneralSecurityException e) {
      throw unsupported();
    }
  }

  private static Provider provider(String name) throws BackendFailure {
    Provider provider = Security.getProvider(name);
    if (provider == null) {
      throw unsupported();
    }
    return provider;
  }

  private static BackendFailure unsupported() {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "This JDK does not encrypt by RSA-OAEP, which needs the public key alone and so is done"
            + " here. Use a key for AES_256_GCM, or a JDK with SunJCE and SunRsaSign.");
  }
}

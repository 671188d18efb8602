package dev.enclave.crypto.internal;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.spi.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import javax.crypto.Cipher;

/** The services we use of the Amazon Corretto Crypto Provider, always asked of its object. */
record CorrettoProvider(Provider provider) {

  static final String ECDSA = "NONEwithECDSA";
  static final String ED25519 = "Ed25519";

  /** The provider collects a message for Ed25519 in a buffer of at most 1 MiB. */
  static final int LONGEST_MESSAGE = 1 << 20;

  private static final String RSA = "RSA/ECB/NoPadding";

  /** PKCS#8 that is not copied, so that the only copy can be overwritten. */
  private static final class Lent extends PKCS8EncodedKeySpec {

    private final byte[] content;

    Lent(byte[] content) {
      super(new byte[0]);
      this.content = content;
    }

    @Override
    public byte[] getEncoded() {
      return content;
    }
  }

  String name() {
    return "Amazon Corretto Crypto Provider " + provider.getVersionStr();
  }

  /** A key object that lives in native memory. */
  PrivateKey importPrivate(KeyAlgorithm algorithm, SecretBytes pkcs8)
      throws GeneralSecurityException {
    byte[] encoded = pkcs8.exposeSecret();
    try {
      return factory(algorithm).generatePrivate(new Lent(encoded));
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  PublicKey importPublic(PublicKeyInfo info) throws GeneralSecurityException {
    return factory(info.algorithm())
        .generatePublic(new X509EncodedKeySpec(info.spki().toByteArray()));
  }

  private KeyFactory factory(KeyAlgorithm algorithm) throws GeneralSecurityException {
    String name =
        switch (algorithm.family()) {
          case ECDSA -> "EC";
          case EDDSA -> ED25519;
          default -> "RSA";
        };
    return KeyFactory.getInstance(name, provider);
  }

  SignaturePool signing(String scheme, PrivateKey key) {
    return new SignaturePool(
        () -> {
          Signature signature = Signature.getInstance(scheme, provider);
          signature.initSign(key);
          return signature;
        });
  }

  SignaturePool verifying(String scheme, PublicKey key) {
    return new SignaturePool(
        () -> {
          Signature signature = Signature.getInstance(scheme, provider);
          signature.initVerify(key);
          return signature;
        });
  }

  /** x^e mod n on blocks as long as the modulus. */
  UnaryOperator<byte[]> publicOperation(PublicKey key) {
    return new CipherPool(() -> cipher(Cipher.ENCRYPT_MODE, key));
  }

  /**
   * x^d mod n on blocks as long as the modulus. AWS-LC blinds the operation and checks its result
   * with the public exponent against faults (rsa_default_private_transform).
   */
  CipherPool privateOperation(PrivateKey key) {
    return new CipherPool(() -> cipher(Cipher.DECRYPT_MODE, key));
  }

  // With no SecureRandom given, the JDK would take one from the default provider: null is taken as
  // it is, and AWS-LC has its own.
  private Cipher cipher(int mode, Key key) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(RSA, provider);
    cipher.init(mode, key, (SecureRandom) null);
    return cipher;
  }
}

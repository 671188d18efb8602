package dev.enclave.crypto.internal.corretto;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.encoding.EcPrivateKey;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.texts.Texts;
import java.lang.reflect.Method;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;

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
    return Texts.CORRETTO.with(provider.getVersionStr());
  }

  /**
   * A key object that lives in native memory.
   *
   * @param pkcs8 stays the caller's to overwrite
   */
  PrivateKey importPrivate(KeyAlgorithm algorithm, byte[] pkcs8) throws GeneralSecurityException {
    return factory(algorithm).generatePrivate(new Lent(pkcs8));
  }

  KeyPair generateRsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", provider);
    // With no SecureRandom given, the JDK would take one from the default provider; AWS-LC's own is
    // used whatever is passed.
    generator.initialize(new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), null);
    return generator.generateKeyPair();
  }

  /**
   * The x coordinate of a scalar's public point: what ECDH gives with the base point for the other
   * side (SEC 1 §3.3.1). The provider hands the point itself out to nobody who has the private key
   * alone.
   *
   * @param scalar in range
   */
  byte[] publicX(KeyAlgorithm algorithm, byte[] scalar) throws GeneralSecurityException {
    ECPublicKeyParameters base =
        new ECPublicKeyParameters(
            Curve.of(algorithm).domain().getG(), Curve.of(algorithm).domain());
    PublicKey basePoint =
        factory(algorithm).generatePublic(new X509EncodedKeySpec(PublicKeys.spki(base, algorithm)));
    byte[] pkcs8 = EcPrivateKey.pkcs8(algorithm, scalar);
    try {
      PrivateKey key = importPrivate(algorithm, pkcs8);
      try {
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider);
        agreement.init(key, (SecureRandom) null);
        agreement.doPhase(basePoint, true);
        return agreement.generateSecret();
      } finally {
        CorrettoSigner.destroy(key);
      }
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  /**
   * The public key of an Ed25519 private key, by the one way the provider has: a public method of a
   * class that is not public. Anything else would compute with the key on the Java heap.
   *
   * @param pkcs8 stays the caller's to overwrite
   */
  PublicKeyInfo publicHalf(byte[] pkcs8) throws GeneralSecurityException {
    // An object of its own: its native key is freed only when the garbage collector finds it.
    PrivateKey key = importPrivate(SigningAlgorithm.ED25519, pkcs8);
    try {
      Method method = key.getClass().getMethod("getPublicKey");
      method.setAccessible(true);
      PublicKey half = (PublicKey) method.invoke(key);
      return PublicKeyInfo.fromSpki(half.getEncoded(), SigningAlgorithm.ED25519);
    } catch (ReflectiveOperationException e) {
      throw new GeneralSecurityException("the provider keeps the public half to itself");
    } finally {
      CorrettoSigner.destroy(key);
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

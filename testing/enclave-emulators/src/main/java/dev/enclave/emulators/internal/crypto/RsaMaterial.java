package dev.enclave.emulators.internal.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Optional;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.DataLengthException;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.encodings.OAEPEncoding;
import org.bouncycastle.crypto.encodings.PKCS1Encoding;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.util.Arrays;
import org.bouncycastle.util.BigIntegers;

/** An RSA key pair, for signing, encryption or wrapping. */
public final class RsaMaterial implements SigningMaterial {

  /** Names the folder that keeps pairs for the processes to come. */
  private static final String KEPT = "dev.enclave.emulators.rsa-keys";

  private static final byte[] PROBE = Hash.SHA_512.of(new byte[0]);

  private final RSAPrivateCrtKeyParameters privateKey;
  private final RSAKeyParameters publicKey;
  private final byte[] encodedPublicKey;

  RsaMaterial(RSAPrivateCrtKeyParameters privateKey) {
    this.privateKey = privateKey;
    publicKey =
        new RSAKeyParameters(false, privateKey.getModulus(), privateKey.getPublicExponent());
    try {
      encodedPublicKey =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(publicKey).getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException("An RSA public key could not be encoded.");
    }
  }

  /** The numbers of a private key (RFC 8017 §3.2). */
  public record PrivateParts(
      BigInteger modulus,
      BigInteger publicExponent,
      BigInteger privateExponent,
      BigInteger p,
      BigInteger q,
      BigInteger dp,
      BigInteger dq,
      BigInteger qInverse) {

    /** Shows nothing. */
    @Override
    public String toString() {
      return "PrivateParts";
    }
  }

  /** The pair of these numbers; empty if they do not belong together. */
  public static Optional<RsaMaterial> of(PrivateParts parts, SecureRandom random) {
    try {
      return checked(
          new RSAPrivateCrtKeyParameters(
              parts.modulus(),
              parts.publicExponent(),
              parts.privateExponent(),
              parts.p(),
              parts.q(),
              parts.dp(),
              parts.dq(),
              parts.qInverse()),
          random);
    } catch (RuntimeException e) { // Bouncy Castle throws what it meets.
      return Optional.empty();
    }
  }

  /** The pair of {@code key}, whose parts belong together: others would sign wrongly for ever. */
  static Optional<RsaMaterial> checked(RSAPrivateCrtKeyParameters key, SecureRandom random) {
    RsaMaterial material = new RsaMaterial(key);
    byte[] signature = material.signPkcs1(Hash.SHA_512, PROBE, random);
    return material.verifyPkcs1(Hash.SHA_512, PROBE, signature)
        ? Optional.of(material)
        : Optional.empty();
  }

  /**
   * A pair with the exponent 65537: a new one, or one {@linkplain KeptRsaKeys kept} where the
   * system property {@code dev.enclave.emulators.rsa-keys} names a folder.
   */
  public static RsaMaterial generate(int bits, SecureRandom random) {
    String folder = System.getProperty(KEPT);
    if (folder == null) {
      return new RsaMaterial(parameters(fresh(bits, random)));
    }
    byte[] pair =
        KeptRsaKeys.in(Path.of(folder)).next(bits, () -> fresh(bits, random).getEncoded());
    try {
      return new RsaMaterial((RSAPrivateCrtKeyParameters) PrivateKeyFactory.createKey(pair));
    } catch (IOException | RuntimeException e) { // Bouncy Castle throws what it meets.
      throw new IllegalStateException(
          "A file in " + folder + " holds no RSA private key. Remove the folder.", e);
    }
  }

  /** Of the JDK, whose generator takes half the time of Bouncy Castle's. */
  private static RSAPrivateCrtKey fresh(int bits, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
      generator.initialize(new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), random);
      return (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("The JDK could not make an RSA key of " + bits + " bits.", e);
    }
  }

  private static RSAPrivateCrtKeyParameters parameters(RSAPrivateCrtKey key) {
    return new RSAPrivateCrtKeyParameters(
        key.getModulus(),
        key.getPublicExponent(),
        key.getPrivateExponent(),
        key.getPrimeP(),
        key.getPrimeQ(),
        key.getPrimeExponentP(),
        key.getPrimeExponentQ(),
        key.getCrtCoefficient());
  }

  @Override
  public byte[] publicKey() {
    return encodedPublicKey.clone();
  }

  @Override
  public byte[] privateKey() {
    return PrivateKeys.encode(privateKey);
  }

  /** RSASSA-PSS (RFC 8017 §8.1) with MGF1 of the same hash and a salt as long as that hash. */
  public byte[] signPss(Hash hash, byte[] digest, SecureRandom random) {
    return signPss(hash, hash.length(), digest, random);
  }

  /** The same with a salt of so many bytes, at most {@link #mostSalt}. */
  public byte[] signPss(Hash hash, int saltLength, byte[] digest, SecureRandom random) {
    try {
      PSSSigner signer = pss(hash, saltLength);
      signer.init(true, new ParametersWithRandom(privateKey, random));
      signer.update(digest, 0, digest.length);
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new IllegalStateException("RSA could not sign.");
    }
  }

  /** Whether {@code signature} is as {@link #signPss} makes them. */
  public boolean verifyPss(Hash hash, byte[] digest, byte[] signature) {
    return verifyPss(hash, hash.length(), digest, signature);
  }

  /** The same with a salt of so many bytes. */
  public boolean verifyPss(Hash hash, int saltLength, byte[] digest, byte[] signature) {
    PSSSigner verifier = pss(hash, saltLength);
    verifier.init(false, publicKey);
    verifier.update(digest, 0, digest.length);
    return verifier.verifySignature(signature);
  }

  /** The longest salt (RFC 8017 §9.1.1), in bytes. */
  public int mostSalt(Hash hash) {
    return (bits() - 1 + 7) / 8 - 2 - hash.length();
  }

  private static PSSSigner pss(Hash hash, int saltLength) {
    return PSSSigner.createRawSigner(
        new RSABlindedEngine(), hash.engine(), hash.engine(), saltLength, (byte) 0xBC);
  }

  /** RSASSA-PKCS1-v1_5 (RFC 8017 §8.2). */
  public byte[] signPkcs1(Hash hash, byte[] digest, SecureRandom random) {
    return signPkcs1(digestInfo(hash, digest), random);
  }

  /** The same of bytes that stand in the place of a DigestInfo. */
  public byte[] signPkcs1(byte[] info, SecureRandom random) {
    try {
      AsymmetricBlockCipher pkcs1 = new PKCS1Encoding(new RSABlindedEngine());
      pkcs1.init(true, new ParametersWithRandom(privateKey, random));
      return pkcs1.processBlock(info, 0, info.length);
    } catch (CryptoException e) {
      throw new IllegalStateException("RSA could not sign.");
    }
  }

  /** Whether {@code signature} is as {@link #signPkcs1} makes them. */
  public boolean verifyPkcs1(Hash hash, byte[] digest, byte[] signature) {
    return verifyPkcs1(digestInfo(hash, digest), signature);
  }

  /** The same of bytes that stand in the place of a DigestInfo. */
  public boolean verifyPkcs1(byte[] info, byte[] signature) {
    try {
      AsymmetricBlockCipher pkcs1 = new PKCS1Encoding(new RSABlindedEngine());
      pkcs1.init(false, publicKey);
      return Arrays.constantTimeAreEqual(pkcs1.processBlock(signature, 0, signature.length), info);
    } catch (InvalidCipherTextException | DataLengthException e) {
      return false;
    }
  }

  private static byte[] digestInfo(Hash hash, byte[] digest) {
    try {
      return new DigestInfo(new AlgorithmIdentifier(hash.identifier(), DERNull.INSTANCE), digest)
          .getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException("A DigestInfo could not be encoded.");
    }
  }

  /** How many bytes RSAES-OAEP takes (RFC 8017 §7.1.1). */
  public int mostPlaintext(Hash hash) {
    return (publicKey.getModulus().bitLength() + 7) / 8 - 2 * hash.length() - 2;
  }

  /** RSAES-OAEP with {@code hash} for label and mask, and an empty label. */
  public byte[] encrypt(Hash hash, byte[] plaintext, SecureRandom random) {
    try {
      OAEPEncoding cipher = oaep(hash);
      cipher.init(true, new ParametersWithRandom(publicKey, random));
      return cipher.processBlock(plaintext, 0, plaintext.length);
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("RSA could not encrypt.");
    }
  }

  /** The plaintext; empty if {@code ciphertext} is not one of this key. */
  public Optional<byte[]> decrypt(Hash hash, byte[] ciphertext) {
    try {
      OAEPEncoding cipher = oaep(hash);
      cipher.init(false, privateKey);
      return Optional.of(cipher.processBlock(ciphertext, 0, ciphertext.length));
    } catch (InvalidCipherTextException | DataLengthException e) {
      return Optional.empty();
    }
  }

  /** RSAES-PKCS1-v1_5 (RFC 8017 §7.2). */
  public byte[] encryptPkcs1(byte[] plaintext, SecureRandom random) {
    try {
      AsymmetricBlockCipher cipher = new PKCS1Encoding(new RSABlindedEngine());
      cipher.init(true, new ParametersWithRandom(publicKey, random));
      return cipher.processBlock(plaintext, 0, plaintext.length);
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("RSA could not encrypt.");
    }
  }

  /** The plaintext; empty if {@code ciphertext} is not one of this key. */
  public Optional<byte[]> decryptPkcs1(byte[] ciphertext) {
    try {
      AsymmetricBlockCipher cipher = new PKCS1Encoding(new RSABlindedEngine());
      cipher.init(false, privateKey);
      return Optional.of(cipher.processBlock(ciphertext, 0, ciphertext.length));
    } catch (InvalidCipherTextException | DataLengthException e) {
      return Optional.empty();
    }
  }

  private static OAEPEncoding oaep(Hash hash) {
    return new OAEPEncoding(new RSABlindedEngine(), hash.engine(), hash.engine(), new byte[0]);
  }

  /** The length of the modulus in bits. */
  public int bits() {
    return publicKey.getModulus().bitLength();
  }

  /** The modulus, big-endian, without leading zeros. */
  public byte[] modulus() {
    return BigIntegers.asUnsignedByteArray(publicKey.getModulus());
  }

  /** The public exponent, big-endian, without leading zeros. */
  public byte[] publicExponent() {
    return BigIntegers.asUnsignedByteArray(publicKey.getExponent());
  }

  /** How long signatures and ciphertexts are. */
  public int modulusBytes() {
    return (publicKey.getModulus().bitLength() + 7) / 8;
  }
}

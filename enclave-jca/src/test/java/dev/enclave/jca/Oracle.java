package dev.enclave.jca;

import dev.enclave.Bytes;
import dev.enclave.Enclave;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.SigningAlgorithm;
import dev.enclave.admin.KeyBackup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** One key twice: as another provider has it, and imported into an Enclave. */
record Oracle(SigningAlgorithm algorithm, Provider provider, KeyPair keys, EnclavePrivateKey ours) {

  static final EnclaveProvider ENCLAVE = new EnclaveProvider();

  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();
  private static final int ITERATIONS = 1000;
  private static final String PASSWORD = "correct horse battery";

  /** The JDK's own provider; Bouncy Castle on the curve that the JDK does not have. */
  static Oracle of(SigningAlgorithm algorithm, Enclave enclave) throws GeneralSecurityException {
    Provider provider =
        switch (algorithm.family()) {
          case EDDSA -> jdk("SunEC");
          case ECDSA ->
              algorithm.curve().orElseThrow().equals("secp256k1") ? BOUNCY_CASTLE : jdk("SunEC");
          default -> jdk("SunRsaSign");
        };
    KeyPair keys = generate(algorithm, provider);
    String name = "k-" + algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
    KeyBackup backup =
        KeyBackup.of(List.of(Bytes.of(encrypted(keys.getPrivate().getEncoded()))))
            .algorithm(algorithm);
    enclave.admin().restore(name, backup, PASSWORD.toCharArray());
    return new Oracle(
        algorithm, provider, keys, EnclavePrivateKey.of(enclave.signingKeys().key(name)));
  }

  private static Provider jdk(String name) {
    return Objects.requireNonNull(Security.getProvider(name), name);
  }

  private static KeyPair generate(SigningAlgorithm algorithm, Provider provider)
      throws GeneralSecurityException {
    KeyPairGenerator generator;
    switch (algorithm.family()) {
      case EDDSA -> generator = KeyPairGenerator.getInstance("Ed25519", provider);
      case ECDSA -> {
        generator = KeyPairGenerator.getInstance("EC", provider);
        String curve = algorithm.curve().orElseThrow();
        generator.initialize(
            new ECGenParameterSpec(
                curve.equals("secp256k1") ? curve : "secp" + algorithm.keyBits() + "r1"));
      }
      default -> {
        generator = KeyPairGenerator.getInstance("RSA", provider);
        generator.initialize(algorithm.keyBits());
      }
    }
    return generator.generateKeyPair();
  }

  /** As OpenSSL writes it: PBES2 with PBKDF2 and AES-256-CBC (RFC 8018 §6.2). */
  private static byte[] encrypted(byte[] pkcs8) throws GeneralSecurityException {
    byte[] salt = new byte[16];
    byte[] key =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
            .generateSecret(new PBEKeySpec(PASSWORD.toCharArray(), salt, ITERATIONS, 256))
            .getEncoded();
    byte[] iv = new byte[16];
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
    AlgorithmIdentifier prf =
        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
    PBES2Parameters parameters =
        new PBES2Parameters(
            new KeyDerivationFunc(
                PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(salt, ITERATIONS, prf)),
            new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(iv)));
    try {
      return new EncryptedPrivateKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, parameters),
              cipher.doFinal(pkcs8))
          .getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether one message has one signature only. */
  boolean deterministic() {
    return algorithm.family() == Family.EDDSA || algorithm.family() == Family.RSA_PKCS1;
  }

  /** Our signature object of {@code name}, with the parameters of the algorithm. */
  Signature ours(String name) throws GeneralSecurityException {
    return withParameters(Signature.getInstance(name, ENCLAVE));
  }

  /** Theirs. */
  Signature theirs(String name) throws GeneralSecurityException {
    return withParameters(Signature.getInstance(name, provider));
  }

  private Signature withParameters(Signature signature) throws GeneralSecurityException {
    if (algorithm.jcaParameters().isPresent()) {
      AlgorithmParameterSpec parameters = algorithm.jcaParameters().get();
      signature.setParameter(parameters);
    }
    return signature;
  }
}

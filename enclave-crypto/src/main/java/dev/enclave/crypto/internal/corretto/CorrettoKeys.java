package dev.enclave.crypto.internal.corretto;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.crypto.internal.bouncycastle.EdDsaMaterial;
import dev.enclave.crypto.internal.bouncycastle.RsaSigningMaterial;
import dev.enclave.crypto.internal.bouncycastle.RsaWrappingMaterial;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.crypto.internal.encoding.EcPrivateKey;
import dev.enclave.crypto.internal.encoding.Pkcs8;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.encoding.RsaOctets;
import dev.enclave.crypto.internal.engine.ImportedMaterial;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.engine.SelfCheckKeys;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.error.UsageException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Makes and reads private keys that live in AWS-LC. On the Java heap they are octets only, in
 * arrays that are overwritten, and never numbers. AWS-LC itself checks on import that the numbers
 * belong together: a scalar and its point, the eight numbers of RSA.
 */
final class CorrettoKeys {

  private final CorrettoProvider corretto;

  CorrettoKeys(CorrettoProvider corretto) {
    this.corretto = corretto;
  }

  KeyMaterial generate(KeyAlgorithm algorithm, SecureRandom random)
      throws DerException, GeneralSecurityException {
    switch (algorithm.family()) {
      case ECDSA -> {
        try (EcPrivateKey key = EcPrivateKey.generate(Curve.of(algorithm), random)) {
          return ecdsa(algorithm, key);
        }
      }
      case EDDSA -> {
        byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
        Ed25519.generatePrivateKey(random, seed);
        return ed25519(seed);
      }
      default -> {
        return generateRsa(algorithm, random);
      }
    }
  }

  private KeyMaterial generateRsa(KeyAlgorithm algorithm, SecureRandom random)
      throws DerException, GeneralSecurityException {
    KeyPair pair = corretto.generateRsa(algorithm.keyBits());
    byte[] encoded = pair.getPrivate().getEncoded();
    try {
      return decode(algorithm, encoded, random);
    } finally {
      Arrays.fill(encoded, (byte) 0);
      // Overwrites the provider's own copy of the encoding. The native key it shares with the
      // public half, and frees when the garbage collector finds both; ours is another.
      CorrettoSigner.destroy(pair.getPrivate());
    }
  }

  /**
   * Reads a key that nothing is known of yet.
   *
   * @throws DerException or GeneralSecurityException or RuntimeException when it is no key of
   *     {@code algorithm}, or none that AWS-LC takes
   */
  KeyMaterial decode(KeyAlgorithm algorithm, byte[] encoded, SecureRandom random)
      throws DerException, GeneralSecurityException {
    if (algorithm == SigningAlgorithm.ED25519) {
      return ed25519(EdDsaMaterial.seed(encoded));
    }
    byte[] inner = Pkcs8.unwrap(algorithm, encoded);
    try {
      if (algorithm.family() == KeyAlgorithm.Family.ECDSA) {
        try (EcPrivateKey key = EcPrivateKey.parse(Curve.of(algorithm), inner)) {
          return ecdsa(algorithm, key);
        }
      }
      return rsa(algorithm, inner, random);
    } finally {
      Arrays.fill(inner, (byte) 0);
    }
  }

  private KeyMaterial ecdsa(KeyAlgorithm algorithm, EcPrivateKey key)
      throws GeneralSecurityException {
    if (key.point().isPresent()) {
      try {
        return ecdsa(algorithm, key.scalar(), key.point().get());
      } catch (GeneralSecurityException | UsageException anotherKeysPoint) {
        // The public key is the one of the private key, whatever the encoding says.
      }
    }
    byte[] x = corretto.publicX(algorithm, key.scalar());
    try {
      return ecdsa(algorithm, key.scalar(), compressed(2, x));
    } catch (GeneralSecurityException otherHalf) {
      return ecdsa(algorithm, key.scalar(), compressed(3, x));
    }
  }

  private static byte[] compressed(int sign, byte[] x) {
    byte[] point = new byte[1 + x.length];
    point[0] = (byte) sign;
    System.arraycopy(x, 0, point, 1, x.length);
    return point;
  }

  /** The import fails when the point is not the one of the scalar. */
  private KeyMaterial ecdsa(KeyAlgorithm algorithm, byte[] scalar, byte[] encodedPoint)
      throws GeneralSecurityException {
    byte[] spki =
        DerWriter.sequence(
            PublicKeys.algorithmIdentifier(algorithm), DerWriter.bitString(encodedPoint.clone()));
    ECPoint point = ((ECPublicKeyParameters) PublicKeys.parse(spki, algorithm)).getQ();
    byte[] pkcs8 = EcPrivateKey.pkcs8(algorithm, scalar, point.getEncoded(false));
    PrivateKey key = importing(algorithm, pkcs8);
    return new ImportedMaterial(
        algorithm,
        PublicKeyInfo.fromSpki(spki, algorithm),
        OffHeapSecret.of(pkcs8),
        CorrettoSigner.ecdsa(corretto, key, algorithm));
  }

  private KeyMaterial ed25519(byte[] seed) throws GeneralSecurityException {
    byte[] pkcs8 = EdDsaMaterial.pkcs8(seed);
    Arrays.fill(seed, (byte) 0);
    PublicKeyInfo info = publicHalf(pkcs8);
    PrivateKey key = importing(SigningAlgorithm.ED25519, pkcs8);
    OffHeapSecret encoded = OffHeapSecret.of(pkcs8);
    return new ImportedMaterial(
        SigningAlgorithm.ED25519, info, encoded, CorrettoSigner.ed25519(corretto, key, encoded));
  }

  private PublicKeyInfo publicHalf(byte[] pkcs8) {
    try {
      return corretto.publicHalf(pkcs8);
    } catch (GeneralSecurityException | RuntimeException hidden) {
      EdDsaMaterial material = EdDsaMaterial.decode(pkcs8);
      material.destroy();
      return material.publicKey().orElseThrow();
    }
  }

  /** Whether Ed25519 keys stay off the Java heap while they are loaded. */
  boolean loadsEd25519Natively() {
    try {
      corretto.publicHalf(SelfCheckKeys.of(SigningAlgorithm.ED25519));
      return true;
    } catch (GeneralSecurityException | RuntimeException hidden) {
      return false;
    }
  }

  private KeyMaterial rsa(KeyAlgorithm algorithm, byte[] inner, SecureRandom random)
      throws DerException, GeneralSecurityException {
    RSAKeyParameters publicHalf = RsaOctets.publicHalf(algorithm, inner);
    byte[] pkcs8 = Pkcs8.wrap(algorithm, inner.clone());
    PrivateKey key = importing(algorithm, pkcs8);
    PublicKeyInfo info = PublicKeyInfo.fromSpki(PublicKeys.spki(publicHalf, algorithm), algorithm);
    CorrettoRsaKey rsa =
        new CorrettoRsaKey(
            info, publicHalf, random, OffHeapSecret.of(pkcs8), key, corretto.privateOperation(key));
    return algorithm.family() == KeyAlgorithm.Family.RSA_OAEP
        ? new RsaWrappingMaterial(rsa)
        : new RsaSigningMaterial(rsa);
  }

  private PrivateKey importing(KeyAlgorithm algorithm, byte[] pkcs8)
      throws GeneralSecurityException {
    try {
      return corretto.importPrivate(algorithm, pkcs8);
    } catch (GeneralSecurityException | RuntimeException refused) {
      Arrays.fill(pkcs8, (byte) 0);
      throw refused;
    }
  }
}

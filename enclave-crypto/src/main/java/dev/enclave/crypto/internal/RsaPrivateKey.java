package dev.enclave.crypto.internal;

import static dev.enclave.crypto.internal.DerWriter.integer;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.spi.SecretBytes;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.jspecify.annotations.Nullable;

/** An RSA private key with its CRT numbers (RFC 8017 §3.2, appendix A.1.2), on Bouncy Castle. */
final class RsaPrivateKey implements RsaKey {

  private static final BigInteger EXPONENT = BigInteger.valueOf(65537);

  private final KeyAlgorithm algorithm;
  private final SecureRandom random;
  private final PublicKeyInfo info;
  private volatile @Nullable RSAPrivateCrtKeyParameters key;

  private RsaPrivateKey(
      KeyAlgorithm algorithm, RSAPrivateCrtKeyParameters key, SecureRandom random) {
    this.algorithm = algorithm;
    this.random = random;
    this.key = key;
    this.info = PublicKeyInfo.fromSpki(PublicKeys.spki(publicHalf(key), algorithm), algorithm);
  }

  static RsaPrivateKey generate(KeyAlgorithm algorithm, SecureRandom random) {
    int bits = algorithm.keyBits();
    RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
    generator.init(new RSAKeyGenerationParameters(EXPONENT, random, bits, certainty(bits)));
    return new RsaPrivateKey(
        algorithm, (RSAPrivateCrtKeyParameters) generator.generateKeyPair().getPrivate(), random);
  }

  // The error bound of a prime test is 2^-certainty; Bouncy Castle's JCA classes use the same rule.
  private static int certainty(int bits) {
    return 96 + 16 * ((bits - 1) / 1024);
  }

  static RsaPrivateKey decode(KeyAlgorithm algorithm, byte[] encoded, SecureRandom random) {
    try {
      byte[] inner = Pkcs8.unwrap(algorithm, encoded);
      try {
        return new RsaPrivateKey(algorithm, numbers(algorithm, inner), random);
      } finally {
        Arrays.fill(inner, (byte) 0);
      }
    } catch (DerException e) {
      throw Pkcs8.malformed(algorithm, encoded.length, e);
    }
  }

  private static RSAPrivateCrtKeyParameters numbers(KeyAlgorithm algorithm, byte[] encoded)
      throws DerException {
    DerReader outer = new DerReader(encoded);
    DerReader fields = outer.sequence();
    BigInteger version = fields.natural();
    BigInteger n = fields.natural();
    BigInteger e = fields.natural();
    BigInteger d = fields.natural();
    BigInteger p = fields.natural();
    BigInteger q = fields.natural();
    BigInteger dp = fields.natural();
    BigInteger dq = fields.natural();
    BigInteger qInverse = fields.natural();
    fields.end();
    outer.end();
    PublicKeys.requireRsa(algorithm.keyBits(), n, e);
    int half = algorithm.keyBits() / 2;
    if (version.signum() != 0
        || p.bitLength() != half
        || q.bitLength() != half
        || !p.multiply(q).equals(n)
        || d.compareTo(n) >= 0
        || !inverse(e, dp, p)
        || !inverse(e, dq, q)
        || !inverse(e, d, p)
        || !inverse(e, d, q)
        || dp.compareTo(p) >= 0
        || dq.compareTo(q) >= 0
        || qInverse.compareTo(p) >= 0
        || !qInverse.multiply(q).mod(p).equals(BigInteger.ONE)) {
      throw new DerException("the numbers do not belong to one RSA key of two primes");
    }
    try {
      return new RSAPrivateCrtKeyParameters(n, e, d, p, q, dp, dq, qInverse);
    } catch (IllegalArgumentException refused) {
      throw new DerException("the modulus is not the product of two large primes");
    }
  }

  private static boolean inverse(BigInteger e, BigInteger d, BigInteger prime) {
    return e.multiply(d).mod(prime.subtract(BigInteger.ONE)).equals(BigInteger.ONE);
  }

  @Override
  public KeyAlgorithm algorithm() {
    return algorithm;
  }

  @Override
  public PublicKeyInfo info() {
    return info;
  }

  @Override
  public RSAKeyParameters publicHalf() {
    return publicHalf(open());
  }

  private static RSAKeyParameters publicHalf(RSAPrivateCrtKeyParameters key) {
    return new RSAKeyParameters(false, key.getModulus(), key.getPublicExponent());
  }

  @Override
  public RSAKeyParameters parameters() {
    return open();
  }

  private RSAPrivateCrtKeyParameters open() {
    RSAPrivateCrtKeyParameters opened = key;
    if (opened == null) {
      throw new IllegalStateException("the key has been destroyed");
    }
    return opened;
  }

  @Override
  public SecureRandom random() {
    return random;
  }

  @Override
  public AsymmetricBlockCipher privateOperation() {
    return new BlindedRsa(random);
  }

  @Override
  public SecretBytes encode() {
    RSAPrivateCrtKeyParameters k = open();
    byte[] inner =
        DerWriter.sequence(
            integer(BigInteger.ZERO),
            integer(k.getModulus()),
            integer(k.getPublicExponent()),
            integer(k.getExponent()),
            integer(k.getP()),
            integer(k.getQ()),
            integer(k.getDP()),
            integer(k.getDQ()),
            integer(k.getQInv()));
    return SecretBytes.takeOver(Pkcs8.wrap(algorithm, inner));
  }

  @Override
  public void destroy() {
    key = null;
  }
}

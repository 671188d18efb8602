package dev.enclave.crypto.internal.bouncycastle;

import static dev.enclave.crypto.internal.encoding.DerWriter.integer;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.encoding.DerReader;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.crypto.internal.encoding.Pkcs8;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.spi.SecretBytes;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;

/** An RSA private key with its CRT numbers (RFC 8017 §3.2, appendix A.1.2), on Bouncy Castle. */
final class RsaPrivateKey implements RsaKey {

  private static final BigInteger EXPONENT = BigInteger.valueOf(65537);

  private final KeyAlgorithm algorithm;
  private final SecureRandom random;
  private final PublicKeyInfo info;
  private final RSAKeyParameters publicHalf;
  private final OffHeapSecret inner;

  private RsaPrivateKey(
      KeyAlgorithm algorithm, RSAPrivateCrtKeyParameters key, SecureRandom random) {
    this.algorithm = algorithm;
    this.random = random;
    this.publicHalf = new RSAKeyParameters(false, key.getModulus(), key.getPublicExponent());
    this.info = PublicKeyInfo.fromSpki(PublicKeys.spki(publicHalf, algorithm), algorithm);
    this.inner = OffHeapSecret.of(encode(key));
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
    RSAPrivateCrtKeyParameters key = numbers(encoded);
    BigInteger n = key.getModulus();
    BigInteger e = key.getPublicExponent();
    BigInteger d = key.getExponent();
    BigInteger p = key.getP();
    BigInteger q = key.getQ();
    PublicKeys.requireRsa(algorithm.keyBits(), n, e);
    int half = algorithm.keyBits() / 2;
    if (p.bitLength() != half
        || q.bitLength() != half
        || !p.multiply(q).equals(n)
        || d.compareTo(n) >= 0
        || !inverse(e, key.getDP(), p)
        || !inverse(e, key.getDQ(), q)
        || !inverse(e, d, p)
        || !inverse(e, d, q)
        || key.getDP().compareTo(p) >= 0
        || key.getDQ().compareTo(q) >= 0
        || key.getQInv().compareTo(p) >= 0
        || !key.getQInv().multiply(q).mod(p).equals(BigInteger.ONE)) {
      throw mismatch();
    }
    return key;
  }

  /** The numbers of an RSAPrivateKey (RFC 8017 A.1.2), with nothing known of how they fit. */
  private static RSAPrivateCrtKeyParameters numbers(byte[] encoded) throws DerException {
    DerReader outer = new DerReader(encoded);
    DerReader fields = outer.sequence();
    if (fields.natural().signum() != 0) {
      throw mismatch();
    }
    BigInteger[] numbers = new BigInteger[8];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = fields.natural();
    }
    fields.end();
    outer.end();
    try {
      return new RSAPrivateCrtKeyParameters(
          numbers[0],
          numbers[1],
          numbers[2],
          numbers[3],
          numbers[4],
          numbers[5],
          numbers[6],
          numbers[7]);
    } catch (IllegalArgumentException refused) {
      throw new DerException(Texts.MODULUS_NOT_TWO_PRIMES.with());
    }
  }

  private static DerException mismatch() {
    return new DerException(Texts.NUMBERS_DO_NOT_BELONG.with());
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
    return publicHalf;
  }

  // Bouncy Castle computes with numbers, which nobody can overwrite. Made for each operation, they
  // are at least gone after the next garbage collection.
  @Override
  public RSAKeyParameters parameters() {
    try {
      return inner.use(RsaPrivateKey::numbers);
    } catch (DerException e) {
      throw new IllegalStateException("a key's own encoding does not read back", e);
    }
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
    return inner.use(opened -> SecretBytes.takeOver(Pkcs8.wrap(algorithm, opened.clone())));
  }

  private static byte[] encode(RSAPrivateCrtKeyParameters k) {
    return DerWriter.sequence(
        integer(BigInteger.ZERO),
        integer(k.getModulus()),
        integer(k.getPublicExponent()),
        integer(k.getExponent()),
        integer(k.getP()),
        integer(k.getQ()),
        integer(k.getDP()),
        integer(k.getDQ()),
        integer(k.getQInv()));
  }

  @Override
  public void destroy() {
    inner.close();
  }
}

package dev.enclave.crypto.internal;

import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningInput;
import dev.enclave.spi.SecretBytes;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/** An ECDSA private key (RFC 5915 in PKCS#8), signing deterministically (RFC 6979). */
final class EcdsaMaterial implements KeyMaterial.Signing {

  private static final int PARAMETERS = 0xa0;
  private static final int PUBLIC_KEY = 0xa1;

  private final KeyAlgorithm algorithm;
  private final PublicKeyInfo info;
  private volatile @Nullable ECPrivateKeyParameters key;

  private EcdsaMaterial(KeyAlgorithm algorithm, BigInteger scalar) {
    this.algorithm = algorithm;
    Curve curve = Curve.of(algorithm);
    this.key = new ECPrivateKeyParameters(scalar, curve.domain());
    ECPublicKeyParameters publicKey =
        new ECPublicKeyParameters(
            new FixedPointCombMultiplier().multiply(curve.domain().getG(), scalar), curve.domain());
    this.info = PublicKeyInfo.fromSpki(PublicKeys.spki(publicKey, algorithm), algorithm);
  }

  static EcdsaMaterial generate(KeyAlgorithm algorithm, SecureRandom random) {
    ECKeyPairGenerator generator = new ECKeyPairGenerator();
    generator.init(new ECKeyGenerationParameters(Curve.of(algorithm).domain(), random));
    ECPrivateKeyParameters generated =
        (ECPrivateKeyParameters) generator.generateKeyPair().getPrivate();
    return new EcdsaMaterial(algorithm, generated.getD());
  }

  static EcdsaMaterial decode(KeyAlgorithm algorithm, byte[] encoded) {
    try {
      byte[] inner = Pkcs8.unwrap(algorithm, encoded);
      try {
        return new EcdsaMaterial(algorithm, scalar(Curve.of(algorithm), inner));
      } finally {
        Arrays.fill(inner, (byte) 0);
      }
    } catch (DerException e) {
      throw Pkcs8.malformed(algorithm, encoded.length, e);
    }
  }

  private static BigInteger scalar(Curve curve, byte[] encoded) throws DerException {
    DerReader outer = new DerReader(encoded);
    DerReader fields = outer.sequence();
    BigInteger version = fields.natural();
    byte[] octets = fields.octetString();
    if (fields.nextIs(PARAMETERS)) {
      DerReader parameters = fields.inside(PARAMETERS);
      if (!Arrays.equals(parameters.element(DerWriter.OBJECT_IDENTIFIER), curve.oid())) {
        throw new DerException("it is of another curve");
      }
      parameters.end();
    }
    fields.skipOptional(PUBLIC_KEY);
    fields.end();
    outer.end();
    BigInteger scalar = new BigInteger(1, octets);
    boolean rightLength = octets.length == curve.length();
    Arrays.fill(octets, (byte) 0);
    if (!version.equals(BigInteger.ONE)
        || !rightLength
        || scalar.signum() == 0
        || scalar.compareTo(curve.order()) >= 0) {
      throw new DerException("the private key is not a number below the group order");
    }
    return scalar;
  }

  @Override
  public KeyAlgorithm algorithm() {
    return algorithm;
  }

  @Override
  public Optional<PublicKeyInfo> publicKey() {
    return Optional.of(info);
  }

  @Override
  public SecretBytes encode() {
    ECPublicKeyParameters publicKey =
        (ECPublicKeyParameters) PublicKeys.parse(info.spki().toByteArray(), algorithm);
    byte[] point = publicKey.getQ().getEncoded(false);
    byte[] inner =
        DerWriter.sequence(
            DerWriter.integer(BigInteger.ONE),
            DerWriter.octetString(scalar()),
            DerWriter.wrap(PUBLIC_KEY, DerWriter.bitString(point)));
    return SecretBytes.takeOver(Pkcs8.wrap(algorithm, inner));
  }

  /** The private key as octets, as many as a coordinate has. The caller overwrites them. */
  byte[] scalar() {
    return BigIntegers.asUnsignedByteArray(Curve.of(algorithm).length(), open().getD());
  }

  @Override
  public Bytes sign(SigningInput input) {
    byte[] digest = Digests.of(input, algorithm);
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(Digests.engine(nonceHash())));
    signer.init(true, open());
    BigInteger[] numbers = signer.generateSignature(digest);
    return EcdsaValue.of(Curve.of(algorithm), numbers[0], numbers[1])
        .lowS()
        .write(algorithm.defaultEncoding());
  }

  @Override
  public void destroy() {
    key = null;
  }

  private DigestAlgorithm nonceHash() {
    DigestAlgorithm own = algorithm.digest().orElseThrow();
    return own == DigestAlgorithm.KECCAK_256 ? DigestAlgorithm.SHA_256 : own;
  }

  private ECPrivateKeyParameters open() {
    ECPrivateKeyParameters opened = key;
    if (opened == null) {
      throw new IllegalStateException("the key has been destroyed");
    }
    return opened;
  }
}

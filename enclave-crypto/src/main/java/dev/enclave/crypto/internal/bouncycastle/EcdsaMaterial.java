package dev.enclave.crypto.internal.bouncycastle;

import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.encoding.EcPrivateKey;
import dev.enclave.crypto.internal.encoding.Pkcs8;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.encoding.Scalars;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.hash.Digests;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.crypto.internal.signature.EcdsaValue;
import dev.enclave.spi.SecretBytes;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** An ECDSA private key (RFC 5915 in PKCS#8), signing deterministically (RFC 6979). */
final class EcdsaMaterial implements KeyMaterial.Signing {

  private final KeyAlgorithm algorithm;
  private final PublicKeyInfo info;
  private final OffHeapSecret scalar;

  /**
   * @param scalar in range; overwritten
   */
  private EcdsaMaterial(KeyAlgorithm algorithm, byte[] scalar) {
    this.algorithm = algorithm;
    Curve curve = Curve.of(algorithm);
    ECPublicKeyParameters publicKey =
        new ECPublicKeyParameters(
            new FixedPointCombMultiplier()
                .multiply(curve.domain().getG(), new BigInteger(1, scalar)),
            curve.domain());
    this.info = PublicKeyInfo.fromSpki(PublicKeys.spki(publicKey, algorithm), algorithm);
    this.scalar = OffHeapSecret.of(scalar);
  }

  static EcdsaMaterial generate(KeyAlgorithm algorithm, SecureRandom random) {
    return new EcdsaMaterial(algorithm, Scalars.random(Curve.of(algorithm), random));
  }

  static EcdsaMaterial decode(KeyAlgorithm algorithm, byte[] encoded) {
    try {
      byte[] inner = Pkcs8.unwrap(algorithm, encoded);
      try {
        return new EcdsaMaterial(
            algorithm, EcPrivateKey.parse(Curve.of(algorithm), inner).scalar());
      } finally {
        Arrays.fill(inner, (byte) 0);
      }
    } catch (DerException e) {
      throw Pkcs8.malformed(algorithm, encoded.length, e);
    }
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
    return scalar.use(opened -> SecretBytes.takeOver(EcPrivateKey.pkcs8(algorithm, opened, point)));
  }

  @Override
  public Bytes sign(SigningInput input) {
    byte[] digest = Digests.of(input, algorithm);
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(Digests.engine(nonceHash())));
    signer.init(true, scalar.use(this::parameters));
    BigInteger[] numbers = signer.generateSignature(digest);
    return EcdsaValue.of(Curve.of(algorithm), numbers[0], numbers[1])
        .lowS()
        .write(algorithm.defaultEncoding());
  }

  // Bouncy Castle computes with numbers, which nobody can overwrite. Made for each signature, they
  // are at least gone after the next garbage collection.
  private ECPrivateKeyParameters parameters(byte[] opened) {
    return new ECPrivateKeyParameters(new BigInteger(1, opened), Curve.of(algorithm).domain());
  }

  @Override
  public void destroy() {
    scalar.close();
  }

  private DigestAlgorithm nonceHash() {
    DigestAlgorithm own = algorithm.digest().orElseThrow();
    return own == DigestAlgorithm.KECCAK_256 ? DigestAlgorithm.SHA_256 : own;
  }
}

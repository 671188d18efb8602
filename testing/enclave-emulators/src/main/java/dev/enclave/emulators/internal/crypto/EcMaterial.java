package dev.enclave.emulators.internal.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Optional;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.util.BigIntegers;

/** A key pair on a Weierstrass curve. */
public final class EcMaterial implements SigningMaterial {

  private final Curve curve;
  private final ECPrivateKeyParameters privateKey;
  private final ECPublicKeyParameters publicKey;
  private final byte[] encodedPublicKey;

  private EcMaterial(
      Curve curve, ECPrivateKeyParameters privateKey, ECPublicKeyParameters publicKey) {
    this.curve = curve;
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    try {
      encodedPublicKey =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(publicKey).getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException("A public key on a named curve could not be encoded.");
    }
  }

  /** A new pair. */
  public static EcMaterial generate(Curve curve, SecureRandom random) {
    ECKeyPairGenerator generator = new ECKeyPairGenerator();
    generator.init(new ECKeyGenerationParameters(curve.domain(), random));
    AsymmetricCipherKeyPair pair = generator.generateKeyPair();
    return new EcMaterial(
        curve,
        (ECPrivateKeyParameters) pair.getPrivate(),
        (ECPublicKeyParameters) pair.getPublic());
  }

  /** The pair of a private scalar; empty if that is out of range. */
  public static Optional<EcMaterial> of(Curve curve, BigInteger scalar) {
    ECNamedDomainParameters domain = curve.domain();
    if (scalar.signum() <= 0 || scalar.compareTo(domain.getN()) >= 0) {
      return Optional.empty();
    }
    return Optional.of(
        new EcMaterial(
            curve,
            new ECPrivateKeyParameters(scalar, domain),
            new ECPublicKeyParameters(domain.getG().multiply(scalar).normalize(), domain)));
  }

  /** Its curve. */
  public Curve curve() {
    return curve;
  }

  /** The public point's x, of the field's length. */
  public byte[] x() {
    return BigIntegers.asUnsignedByteArray(
        curve.fieldBytes(), publicKey.getQ().getAffineXCoord().toBigInteger());
  }

  /** The public point's y, of the field's length. */
  public byte[] y() {
    return BigIntegers.asUnsignedByteArray(
        curve.fieldBytes(), publicKey.getQ().getAffineYCoord().toBigInteger());
  }

  @Override
  public byte[] publicKey() {
    return encodedPublicKey.clone();
  }

  @Override
  public byte[] privateKey() {
    return PrivateKeys.encode(privateKey);
  }

  /** Signs a hash; about half of the signatures have a high s, as a random nonce makes them. */
  public EcdsaSignature sign(byte[] digest, SecureRandom random) {
    ECDSASigner signer = new ECDSASigner();
    signer.init(true, new ParametersWithRandom(privateKey, random));
    BigInteger[] rs = signer.generateSignature(digest);
    return new EcdsaSignature(curve, rs[0], rs[1]);
  }

  /** Whether {@code signature} is one over {@code digest}. */
  public boolean verify(byte[] digest, EcdsaSignature signature) {
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, publicKey);
    return verifier.verifySignature(digest, signature.r(), signature.s());
  }
}

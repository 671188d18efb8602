package dev.enclave.emulators.internal.aws.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Optional;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;

/** Private keys that somebody imports. */
final class PrivateKeys {

  private static final byte[] PROBE = Hash.SHA_512.of(new byte[0]);

  private PrivateKeys() {}

  /** The pair of a DER-encoded PKCS#8 private key; empty if it is none of {@code spec}. */
  static Optional<Material> imported(KeySpec spec, byte[] encoded, SecureRandom random) {
    try {
      return material(spec, PrivateKeyFactory.createKey(encoded), random);
    } catch (IOException | RuntimeException e) { // Bouncy Castle throws what it meets.
      return Optional.empty();
    }
  }

  private static Optional<Material> material(
      KeySpec spec, AsymmetricKeyParameter key, SecureRandom random) {
    if (key instanceof ECPrivateKeyParameters ec && spec.family() == KeySpec.Family.EC) {
      return ec(spec, ec);
    }
    if (key instanceof Ed25519PrivateKeyParameters ed && spec.family() == KeySpec.Family.EDWARDS) {
      return Optional.of(new EdwardsMaterial(ed));
    }
    if (key instanceof RSAPrivateCrtKeyParameters rsa
        && spec.family() == KeySpec.Family.RSA
        && rsa.getModulus().bitLength() == spec.bits()) {
      return rsa(rsa, random);
    }
    return Optional.empty();
  }

  private static Optional<Material> ec(KeySpec spec, ECPrivateKeyParameters key) {
    ECNamedDomainParameters domain = EcMaterial.domain(spec);
    BigInteger scalar = key.getD();
    boolean sameCurve =
        key.getParameters().getN().equals(domain.getN())
            && key.getParameters().getCurve().equals(domain.getCurve());
    boolean inRange = scalar.signum() > 0 && scalar.compareTo(domain.getN()) < 0;
    return sameCurve && inRange ? Optional.of(EcMaterial.of(spec, scalar)) : Optional.empty();
  }

  /** Parts that do not belong together would sign wrongly for ever. */
  private static Optional<Material> rsa(RSAPrivateCrtKeyParameters key, SecureRandom random) {
    RsaMaterial material = new RsaMaterial(key);
    String algorithm = "RSASSA_PKCS1_V1_5_SHA_512";
    byte[] signature = material.sign(algorithm, PROBE, random);
    return material.verify(algorithm, PROBE, signature) ? Optional.of(material) : Optional.empty();
  }
}

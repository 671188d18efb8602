package dev.enclave.emulators.internal.aws.crypto;

import dev.enclave.emulators.internal.crypto.Curve;
import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.PrivateKeys;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import java.security.SecureRandom;
import java.util.Optional;

/** Key material by KMS's key specs. */
public final class Materials {

  private Materials() {}

  /** New material for {@code spec}. */
  public static Material generate(KeySpec spec, SecureRandom random) {
    return switch (spec.family()) {
      case SYMMETRIC, HMAC -> SecretMaterial.generate(spec.bits() / 8, random);
      case EC -> EcMaterial.generate(curve(spec), random);
      case EDWARDS -> EdwardsMaterial.generate(random);
      case RSA -> RsaMaterial.generate(spec.bits(), random);
    };
  }

  /**
   * KMS Developer Guide, "Requirements for imported key material": secret keys as raw bytes of
   * their spec's length, private keys as DER-encoded PKCS#8.
   *
   * @return empty if {@code encoded} is not of {@code spec}
   */
  public static Optional<Material> imported(KeySpec spec, byte[] encoded, SecureRandom random) {
    if (!spec.asymmetric()) {
      return encoded.length == spec.bits() / 8
          ? Optional.of(SecretMaterial.of(encoded))
          : Optional.empty();
    }
    return PrivateKeys.parse(encoded, random)
        .filter(material -> isOf(spec, material))
        .map(Material.class::cast);
  }

  private static boolean isOf(KeySpec spec, Material material) {
    if (material instanceof EcMaterial ec) {
      return spec.family() == KeySpec.Family.EC && ec.curve() == curve(spec);
    }
    if (material instanceof RsaMaterial rsa) {
      return spec.family() == KeySpec.Family.RSA && rsa.bits() == spec.bits();
    }
    return material instanceof EdwardsMaterial && spec.family() == KeySpec.Family.EDWARDS;
  }

  private static Curve curve(KeySpec spec) {
    return switch (spec) {
      case ECC_NIST_P256 -> Curve.P_256;
      case ECC_NIST_P384 -> Curve.P_384;
      case ECC_NIST_P521 -> Curve.P_521;
      case ECC_SECG_P256K1 -> Curve.SECP256K1;
      default -> throw new IllegalArgumentException(spec + " is on no Weierstrass curve.");
    };
  }
}

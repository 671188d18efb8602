package dev.enclave.emulators.internal.aws.crypto;

import java.security.SecureRandom;
import java.util.Optional;

/** The key material of one KMS key, parsed once. Immutable and thread-safe. */
public sealed interface Material permits SecretMaterial, SigningMaterial {

  /** New material for {@code spec}. */
  static Material generate(KeySpec spec, SecureRandom random) {
    return switch (spec.family()) {
      case SYMMETRIC, HMAC -> SecretMaterial.generate(spec.bits() / 8, random);
      case EC -> EcMaterial.generate(spec, random);
      case EDWARDS -> EdwardsMaterial.generate(random);
      case RSA -> RsaMaterial.generate(spec, random);
    };
  }

  /**
   * KMS Developer Guide, "Requirements for imported key material": secret keys as raw bytes of
   * their spec's length, private keys as DER-encoded PKCS#8.
   *
   * @return empty if {@code encoded} is not of {@code spec}
   */
  static Optional<Material> imported(KeySpec spec, byte[] encoded, SecureRandom random) {
    return switch (spec.family()) {
      case SYMMETRIC, HMAC -> SecretMaterial.imported(spec, encoded);
      case EC, EDWARDS, RSA -> PrivateKeys.imported(spec, encoded, random);
    };
  }

  /** Tells two materials apart without showing either: the same for the same key. */
  byte[] fingerprint();
}

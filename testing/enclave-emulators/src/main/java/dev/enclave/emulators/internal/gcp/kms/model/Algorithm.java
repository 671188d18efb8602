package dev.enclave.emulators.internal.gcp.kms.model;

import static com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose.AES_WRAPPING;
import static com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose.ASYMMETRIC_DECRYPT;
import static com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose.ASYMMETRIC_SIGN;
import static com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose.ENCRYPT_DECRYPT;

import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.emulators.internal.crypto.Curve;
import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.PrivateKeys;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/** "Key purposes and algorithms": those that are served. */
public enum Algorithm {
  GOOGLE_SYMMETRIC_ENCRYPTION(ENCRYPT_DECRYPT, Family.SYMMETRIC, 256, Hash.SHA_256),
  EC_SIGN_P256_SHA256(ASYMMETRIC_SIGN, Family.P_256, 256, Hash.SHA_256),
  EC_SIGN_P384_SHA384(ASYMMETRIC_SIGN, Family.P_384, 384, Hash.SHA_384),
  EC_SIGN_SECP256K1_SHA256(ASYMMETRIC_SIGN, Family.SECP256K1, 256, Hash.SHA_256),
  EC_SIGN_ED25519(ASYMMETRIC_SIGN, Family.EDWARDS, 255, Hash.SHA_512),
  RSA_SIGN_PSS_2048_SHA256(ASYMMETRIC_SIGN, Family.RSA, 2048, Hash.SHA_256),
  RSA_SIGN_PSS_3072_SHA256(ASYMMETRIC_SIGN, Family.RSA, 3072, Hash.SHA_256),
  RSA_SIGN_PSS_4096_SHA256(ASYMMETRIC_SIGN, Family.RSA, 4096, Hash.SHA_256),
  RSA_SIGN_PSS_4096_SHA512(ASYMMETRIC_SIGN, Family.RSA, 4096, Hash.SHA_512),
  RSA_SIGN_PKCS1_2048_SHA256(ASYMMETRIC_SIGN, Family.RSA, 2048, Hash.SHA_256),
  RSA_SIGN_PKCS1_3072_SHA256(ASYMMETRIC_SIGN, Family.RSA, 3072, Hash.SHA_256),
  RSA_SIGN_PKCS1_4096_SHA256(ASYMMETRIC_SIGN, Family.RSA, 4096, Hash.SHA_256),
  RSA_SIGN_PKCS1_4096_SHA512(ASYMMETRIC_SIGN, Family.RSA, 4096, Hash.SHA_512),
  RSA_DECRYPT_OAEP_2048_SHA256(ASYMMETRIC_DECRYPT, Family.RSA, 2048, Hash.SHA_256),
  RSA_DECRYPT_OAEP_3072_SHA256(ASYMMETRIC_DECRYPT, Family.RSA, 3072, Hash.SHA_256),
  RSA_DECRYPT_OAEP_4096_SHA256(ASYMMETRIC_DECRYPT, Family.RSA, 4096, Hash.SHA_256),
  RSA_DECRYPT_OAEP_4096_SHA512(ASYMMETRIC_DECRYPT, Family.RSA, 4096, Hash.SHA_512),
  RSA_DECRYPT_OAEP_2048_SHA1(ASYMMETRIC_DECRYPT, Family.RSA, 2048, Hash.SHA_1),
  RSA_DECRYPT_OAEP_3072_SHA1(ASYMMETRIC_DECRYPT, Family.RSA, 3072, Hash.SHA_1),
  RSA_DECRYPT_OAEP_4096_SHA1(ASYMMETRIC_DECRYPT, Family.RSA, 4096, Hash.SHA_1),
  AES_256_KWP(AES_WRAPPING, Family.SYMMETRIC, 256, Hash.SHA_256);

  /** Kinds of key material. */
  public enum Family {
    SYMMETRIC,
    P_256,
    P_384,
    SECP256K1,
    EDWARDS,
    RSA
  }

  private final CryptoKeyPurpose purpose;
  private final Family family;
  private final int bits;
  private final Hash hash;

  Algorithm(CryptoKeyPurpose purpose, Family family, int bits, Hash hash) {
    this.purpose = purpose;
    this.family = family;
    this.bits = bits;
    this.hash = hash;
  }

  /** The one that the API calls so, if it is served. */
  public static Optional<Algorithm> of(CryptoKeyVersionAlgorithm wire) {
    return Arrays.stream(values()).filter(value -> value.wire() == wire).findFirst();
  }

  public CryptoKeyVersionAlgorithm wire() {
    return CryptoKeyVersionAlgorithm.valueOf(name());
  }

  public CryptoKeyPurpose purpose() {
    return purpose;
  }

  public Family family() {
    return family;
  }

  public Hash hash() {
    return hash;
  }

  public boolean asymmetric() {
    return family != Family.SYMMETRIC;
  }

  boolean pss() {
    return name().startsWith("RSA_SIGN_PSS");
  }

  /**
   * resources.proto, EC_SIGN_SECP256K1_SHA256: "only supported for HSM protection level". "Key
   * purposes and algorithms" has EC_SIGN_ED25519 for protection level SOFTWARE alone: HSM was
   * refused live in July 2026, and nothing says of HSM_SINGLE_TENANT. hsm_trusted is of keys with
   * purpose AES_WRAPPING at HSM_SINGLE_TENANT, and nothing says of other levels.
   */
  boolean availableAt(ProtectionLevel level) {
    if (purpose == AES_WRAPPING) {
      return level == ProtectionLevel.HSM_SINGLE_TENANT;
    }
    return switch (family) {
      case SECP256K1 -> level != ProtectionLevel.SOFTWARE;
      case EDWARDS -> level == ProtectionLevel.SOFTWARE;
      default -> true;
    };
  }

  public Material generate(SecureRandom random) {
    return switch (family) {
      case SYMMETRIC -> SecretMaterial.generate(bits / 8, random);
      case P_256 -> EcMaterial.generate(Curve.P_256, random);
      case P_384 -> EcMaterial.generate(Curve.P_384, random);
      case SECP256K1 -> EcMaterial.generate(Curve.SECP256K1, random);
      case EDWARDS -> EdwardsMaterial.generate(random);
      case RSA -> RsaMaterial.generate(bits, random);
    };
  }

  /**
   * service.proto, ImportCryptoKeyVersionRequest: "If importing symmetric key material, the
   * expected key material format is plain bytes. If importing asymmetric key material, …
   * PKCS#8-encoded DER".
   *
   * @return empty if {@code formatted} is not a key of this algorithm
   */
  public Optional<Material> imported(byte[] formatted, SecureRandom random) {
    if (family == Family.SYMMETRIC) {
      return formatted.length == bits / 8
          ? Optional.of(SecretMaterial.of(formatted))
          : Optional.empty();
    }
    return PrivateKeys.parse(formatted, random).filter(this::fits).map(Material.class::cast);
  }

  private boolean fits(Material material) {
    if (material instanceof EcMaterial ec) {
      return ec.curve().name().equals(family.name());
    }
    if (material instanceof RsaMaterial rsa) {
      return family == Family.RSA && rsa.bits() == bits;
    }
    return family == Family.EDWARDS && material instanceof EdwardsMaterial;
  }
}

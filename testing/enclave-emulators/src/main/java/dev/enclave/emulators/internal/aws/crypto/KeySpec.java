package dev.enclave.emulators.internal.aws.crypto;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * KMS Developer Guide, "Key spec reference": what a KMS key may be made of, what it may be used
 * for, and by which algorithms. Specs served here; SM2 (China Regions), ML-DSA and ML-KEM are not.
 */
public enum KeySpec {
  SYMMETRIC_DEFAULT(Family.SYMMETRIC, 256),
  RSA_2048(Family.RSA, 2048),
  RSA_3072(Family.RSA, 3072),
  RSA_4096(Family.RSA, 4096),
  ECC_NIST_P256(Family.EC, 256),
  ECC_NIST_P384(Family.EC, 384),
  ECC_NIST_P521(Family.EC, 521),
  ECC_SECG_P256K1(Family.EC, 256),
  ECC_NIST_EDWARDS25519(Family.EDWARDS, 255),
  HMAC_224(Family.HMAC, 224),
  HMAC_256(Family.HMAC, 256),
  HMAC_384(Family.HMAC, 384),
  HMAC_512(Family.HMAC, 512);

  /** Kinds of key material. */
  public enum Family {
    SYMMETRIC,
    RSA,
    EC,
    EDWARDS,
    HMAC
  }

  private final Family family;
  private final int bits;

  KeySpec(Family family, int bits) {
    this.family = family;
    this.bits = bits;
  }

  /** The spec of that name, if it is served. */
  public static Optional<KeySpec> named(String name) {
    return Arrays.stream(values()).filter(spec -> spec.name().equals(name)).findFirst();
  }

  public Family family() {
    return family;
  }

  public int bits() {
    return bits;
  }

  public boolean asymmetric() {
    return family == Family.RSA || family == Family.EC || family == Family.EDWARDS;
  }

  /** In the order in which GetPublicKey lists them. */
  public List<String> signingAlgorithms() {
    return switch (this) {
      case RSA_2048, RSA_3072, RSA_4096 ->
          List.of(
              "RSASSA_PKCS1_V1_5_SHA_256",
              "RSASSA_PKCS1_V1_5_SHA_384",
              "RSASSA_PKCS1_V1_5_SHA_512",
              "RSASSA_PSS_SHA_256",
              "RSASSA_PSS_SHA_384",
              "RSASSA_PSS_SHA_512");
      case ECC_NIST_P256, ECC_SECG_P256K1 -> List.of("ECDSA_SHA_256");
      case ECC_NIST_P384 -> List.of("ECDSA_SHA_384");
      case ECC_NIST_P521 -> List.of("ECDSA_SHA_512");
      case ECC_NIST_EDWARDS25519 -> List.of("ED25519_SHA_512", "ED25519_PH_SHA_512");
      default -> List.of();
    };
  }

  public List<String> encryptionAlgorithms() {
    return switch (family) {
      case SYMMETRIC -> List.of("SYMMETRIC_DEFAULT");
      case RSA -> List.of("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256");
      default -> List.of();
    };
  }

  /** {@code HMAC_SHA_256} for HMAC_256. */
  public List<String> macAlgorithms() {
    return family == Family.HMAC ? List.of("HMAC_SHA_" + bits) : List.of();
  }

  /**
   * KMS API Reference, CreateKey: KeyUsage. KEY_AGREEMENT, which NIST curves also allow, is not
   * served.
   */
  public Set<String> usages() {
    return switch (family) {
      case SYMMETRIC -> Set.of("ENCRYPT_DECRYPT");
      case RSA -> Set.of("ENCRYPT_DECRYPT", "SIGN_VERIFY");
      case EC, EDWARDS -> Set.of("SIGN_VERIFY");
      case HMAC -> Set.of("GENERATE_VERIFY_MAC");
    };
  }
}

package dev.enclave.gcp.internal.model;

import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an algorithm is called at Cloud KMS, where it is fixed for the version.
 *
 * @param kms the algorithm of a version
 * @param support what KMS takes for it
 */
public record GcpScheme(
    KeyAlgorithm algorithm, CryptoKeyVersionAlgorithm kms, AlgorithmSupport support) {

  private static final Map<KeyAlgorithm, GcpScheme> ALL = all();

  private static Map<KeyAlgorithm, GcpScheme> all() {
    Map<KeyAlgorithm, GcpScheme> all = new LinkedHashMap<>();
    for (KeyAlgorithm algorithm : KeyAlgorithm.all()) {
      kms(algorithm)
          .ifPresent(kms -> all.put(algorithm, new GcpScheme(algorithm, kms, support(algorithm))));
    }
    return all;
  }

  /**
   * The scheme of an algorithm.
   *
   * @throws BackendFailure {@link FailureCode#UNSUPPORTED} where KMS has none
   */
  public static GcpScheme of(KeyAlgorithm algorithm) throws BackendFailure {
    GcpScheme scheme = ALL.get(algorithm);
    if (scheme == null) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "Google Cloud KMS has no keys for " + algorithm + instead(algorithm));
    }
    return scheme;
  }

  private static String instead(KeyAlgorithm algorithm) {
    if (algorithm == SigningAlgorithm.ED25519) {
      return " in its HSMs: it has them at protection level SOFTWARE alone, and Enclave makes and"
          + " uses none of those. Use ECDSA_P256_SHA256 here, or keep the key in aws-kms, whose HSMs"
          + " have Ed25519.";
    }
    return algorithm == SigningAlgorithm.ECDSA_P521_SHA512
        ? ": of the NIST curves it has P-256 and P-384. Use one of those, or a backend that has"
            + " P-521."
        : ". Use another algorithm.";
  }

  /** What a version may be used as; two for secp256k1, which signs any 32 bytes. */
  public static List<KeyAlgorithm> of(CryptoKeyVersionAlgorithm kms) {
    return ALL.values().stream().filter(s -> s.kms == kms).map(GcpScheme::algorithm).toList();
  }

  /** What KMS takes for every algorithm it has. */
  public static List<AlgorithmSupport> supported() {
    return ALL.values().stream().map(GcpScheme::support).toList();
  }

  private static Optional<CryptoKeyVersionAlgorithm> kms(KeyAlgorithm algorithm) {
    if (!(algorithm instanceof SigningAlgorithm signing)) {
      return algorithm == WrappingAlgorithm.AES_256_GCM
          ? Optional.of(CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION)
          : byName(algorithm);
    }
    return switch (signing) {
      case ECDSA_P256_SHA256 -> Optional.of(CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256);
      case ECDSA_P384_SHA384 -> Optional.of(CryptoKeyVersionAlgorithm.EC_SIGN_P384_SHA384);
      // KMS signs a finished digest as it is, so that whose hash it is makes no difference to it.
      case ECDSA_SECP256K1_SHA256, ECDSA_SECP256K1_KECCAK256 ->
          Optional.of(CryptoKeyVersionAlgorithm.EC_SIGN_SECP256K1_SHA256);
      // EC_SIGN_ED25519 is refused for protection level HSM.
      case ED25519, ECDSA_P521_SHA512 -> Optional.empty();
      default -> byName(algorithm);
    };
  }

  /** RSA's names say scheme, modulus and hash in the same order at both. */
  private static Optional<CryptoKeyVersionAlgorithm> byName(KeyAlgorithm algorithm) {
    String name =
        algorithm.family() == Family.RSA_OAEP
            ? algorithm.name().replace("RSA_", "RSA_DECRYPT_")
            : algorithm.name().replace("RSA_", "RSA_SIGN_");
    return Arrays.stream(CryptoKeyVersionAlgorithm.values())
        .filter(kms -> kms.name().equals(name))
        .findFirst();
  }

  private static AlgorithmSupport support(KeyAlgorithm algorithm) {
    return algorithm.purpose() == KeyPurpose.WRAP
        ? AlgorithmSupport.wrapping(algorithm)
        : AlgorithmSupport.digestsOnly(algorithm);
  }

  public CryptoKeyPurpose purpose() {
    return switch (algorithm.family()) {
      case AES_GCM -> CryptoKeyPurpose.ENCRYPT_DECRYPT;
      case RSA_OAEP -> CryptoKeyPurpose.ASYMMETRIC_DECRYPT;
      default -> CryptoKeyPurpose.ASYMMETRIC_SIGN;
    };
  }

  /** The field of a request's digest, by its length: KMS looks at nothing else. */
  public DigestAlgorithm digest() {
    return switch (algorithm.digest().orElseThrow()) {
      case SHA_256, KECCAK_256 -> DigestAlgorithm.SHA_256;
      case SHA_384 -> DigestAlgorithm.SHA_384;
      case SHA_512 -> DigestAlgorithm.SHA_512;
    };
  }
}

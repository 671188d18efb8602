package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.Digest;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.SigningAlgorithm;
import dev.enclave.kit.key.StoredText;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.List;
import java.util.Optional;

/**
 * What an algorithm is called at Cloud KMS, where it is fixed for the version.
 *
 * @param kms the algorithm of a version
 */
public record GcpScheme(KeyAlgorithm algorithm, CryptoKeyVersionAlgorithm kms) {

  private static final List<GcpScheme> ALL =
      KeyAlgorithm.all().stream()
          .flatMap(algorithm -> kms(algorithm).map(kms -> new GcpScheme(algorithm, kms)).stream())
          .toList();

  /**
   * The scheme of an algorithm.
   *
   * @throws BackendFailure {@link FailureCode#UNSUPPORTED} where KMS has none
   */
  public static GcpScheme of(KeyAlgorithm algorithm) throws BackendFailure {
    String instead =
        algorithm == SigningAlgorithm.ED25519
            ? Texts.INSTEAD_OF_EDWARDS.with()
            : algorithm == SigningAlgorithm.ECDSA_P521_SHA512
                ? Texts.INSTEAD_OF_CURVE.with()
                : Texts.INSTEAD.with();
    String none = Texts.ALGORITHM_NOT_OFFERED.with(algorithm, instead);
    return ALL.stream()
        .filter(scheme -> scheme.algorithm == algorithm)
        .findFirst()
        .orElseThrow(() -> BackendFailure.permanent(FailureCode.UNSUPPORTED, none));
  }

  /** What a version may be used as; two for secp256k1, which signs any 32 bytes. */
  public static List<KeyAlgorithm> of(CryptoKeyVersionAlgorithm kms) {
    return ALL.stream().filter(s -> s.kms == kms).map(GcpScheme::algorithm).toList();
  }

  /** What KMS takes for every algorithm it has. */
  public static List<AlgorithmSupport> supported() {
    return ALL.stream().map(GcpScheme::support).toList();
  }

  /**
   * EC_SIGN_ED25519, which is refused for protection level HSM, is not found by its name. KMS signs
   * a finished digest as it is, so that whose hash it is makes no difference to it.
   */
  private static Optional<CryptoKeyVersionAlgorithm> kms(KeyAlgorithm algorithm) {
    String name = algorithm.name().replace("KECCAK", "SHA");
    return StoredText.constant(
        CryptoKeyVersionAlgorithm.values(),
        switch (algorithm.family()) {
          case AES_GCM -> "GOOGLE_SYMMETRIC_ENCRYPTION";
          case RSA_OAEP -> name.replace("RSA_", "RSA_DECRYPT_");
          default -> name.replace("RSA_", "RSA_SIGN_").replace("ECDSA_", "EC_SIGN_");
        });
  }

  /** What KMS takes for it. */
  public AlgorithmSupport support() {
    return algorithm.purpose() == KeyPurpose.WRAP
        ? AlgorithmSupport.wrapping(algorithm)
        : AlgorithmSupport.digestsOnly(algorithm);
  }

  /** A CryptoKey whose versions an HSM makes. */
  public CryptoKey.Builder key() {
    return CryptoKey.newBuilder()
        .setPurpose(
            switch (algorithm.family()) {
              case AES_GCM -> CryptoKeyPurpose.ENCRYPT_DECRYPT;
              case RSA_OAEP -> CryptoKeyPurpose.ASYMMETRIC_DECRYPT;
              default -> CryptoKeyPurpose.ASYMMETRIC_SIGN;
            })
        .setVersionTemplate(
            CryptoKeyVersionTemplate.newBuilder()
                .setProtectionLevel(ProtectionLevel.HSM)
                .setAlgorithm(kms));
  }

  /** The field of a request's digest, by its length: KMS looks at nothing else. */
  Digest.Builder digest(ByteString value) {
    return switch (algorithm.digest().orElseThrow()) {
      case SHA_256, KECCAK_256 -> Digest.newBuilder().setSha256(value);
      case SHA_384 -> Digest.newBuilder().setSha384(value);
      case SHA_512 -> Digest.newBuilder().setSha512(value);
    };
  }
}

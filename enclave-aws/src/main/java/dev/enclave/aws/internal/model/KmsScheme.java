package dev.enclave.aws.internal.model;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.spi.AlgorithmSupport;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

/**
 * What an algorithm is called at KMS. The key's own algorithm decides how it signs, never the list
 * of what KMS would accept: an RSA key of KMS signs with six schemes.
 *
 * @param spec the kind of KMS key
 * @param usage what the KMS key is for
 * @param support what KMS takes for it
 */
public record KmsScheme(
    KeyAlgorithm algorithm, KeySpec spec, KeyUsageType usage, AlgorithmSupport support) {

  /** The shortest message of Sign: an empty one is no valid request. */
  static final int SHORTEST_MESSAGE = 1;

  /** The longest message of Sign; KMS takes the digest of anything longer. */
  public static final int LONGEST_MESSAGE = 4096;

  private static final Map<KeyAlgorithm, KmsScheme> ALL =
      KeyAlgorithm.all().stream()
          .collect(Collectors.toUnmodifiableMap(Function.identity(), KmsScheme::made));

  /** The scheme of an algorithm; KMS has all of them, in most partitions. */
  public static KmsScheme of(KeyAlgorithm algorithm) {
    return Objects.requireNonNull(ALL.get(algorithm));
  }

  private static KmsScheme made(KeyAlgorithm algorithm) {
    return new KmsScheme(
        algorithm,
        spec(algorithm),
        algorithm.purpose() == KeyPurpose.SIGN
            ? KeyUsageType.SIGN_VERIFY
            : KeyUsageType.ENCRYPT_DECRYPT,
        support(algorithm));
  }

  /** What a KMS key may be; several where KMS leaves padding or hash to each request. */
  public static List<KeyAlgorithm> of(KeySpec spec, KeyUsageType usage) {
    return KeyAlgorithm.all().stream()
        .filter(a -> of(a).spec() == spec && of(a).usage() == usage)
        .toList();
  }

  private static KeySpec spec(KeyAlgorithm algorithm) {
    return algorithm instanceof SigningAlgorithm signing
        ? spec(signing)
        : spec((WrappingAlgorithm) algorithm);
  }

  private static KeySpec spec(WrappingAlgorithm algorithm) {
    return switch (algorithm) {
      case RSA_OAEP_3072_SHA256 -> KeySpec.RSA_3072;
      case RSA_OAEP_4096_SHA256 -> KeySpec.RSA_4096;
      case AES_256_GCM -> KeySpec.SYMMETRIC_DEFAULT;
    };
  }

  private static KeySpec spec(SigningAlgorithm algorithm) {
    return switch (algorithm) {
      case ED25519 -> KeySpec.ECC_NIST_EDWARDS25519;
      case ECDSA_P256_SHA256 -> KeySpec.ECC_NIST_P256;
      case ECDSA_P384_SHA384 -> KeySpec.ECC_NIST_P384;
      case ECDSA_P521_SHA512 -> KeySpec.ECC_NIST_P521;
      case ECDSA_SECP256K1_SHA256, ECDSA_SECP256K1_KECCAK256 -> KeySpec.ECC_SECG_P256_K1;
      case RSA_PSS_2048_SHA256, RSA_PKCS1_2048_SHA256 -> KeySpec.RSA_2048;
      case RSA_PSS_3072_SHA256, RSA_PKCS1_3072_SHA256 -> KeySpec.RSA_3072;
      case RSA_PSS_4096_SHA256, RSA_PSS_4096_SHA512, RSA_PKCS1_4096_SHA256, RSA_PKCS1_4096_SHA512 ->
          KeySpec.RSA_4096;
    };
  }

  private static AlgorithmSupport support(KeyAlgorithm algorithm) {
    if (algorithm.purpose() == KeyPurpose.WRAP) {
      return AlgorithmSupport.wrapping(algorithm);
    }
    if (algorithm.family() == Family.EDDSA) {
      return AlgorithmSupport.messagesUpTo(algorithm, LONGEST_MESSAGE)
          .messagesFrom(SHORTEST_MESSAGE);
    }
    if (algorithm.digest().equals(Optional.of(DigestAlgorithm.KECCAK_256))) {
      // KMS would hash a message by SHA-256; a digest it takes as it is.
      return AlgorithmSupport.digestsOnly(algorithm);
    }
    return AlgorithmSupport.digestsAndMessagesUpTo(algorithm, LONGEST_MESSAGE)
        .messagesFrom(SHORTEST_MESSAGE);
  }

  /** The name of a signing algorithm in requests. */
  public SigningAlgorithmSpec signing() {
    return switch (algorithm.family()) {
      case EDDSA -> SigningAlgorithmSpec.ED25519_SHA_512;
      case ECDSA ->
          switch (algorithm.keyBits()) {
            case 384 -> SigningAlgorithmSpec.ECDSA_SHA_384;
            case 521 -> SigningAlgorithmSpec.ECDSA_SHA_512;
            default -> SigningAlgorithmSpec.ECDSA_SHA_256;
          };
      case RSA_PSS ->
          sha512()
              ? SigningAlgorithmSpec.RSASSA_PSS_SHA_512
              : SigningAlgorithmSpec.RSASSA_PSS_SHA_256;
      case RSA_PKCS1 ->
          sha512()
              ? SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_512
              : SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_256;
      case AES_GCM, RSA_OAEP -> throw new IllegalStateException(algorithm + " does not sign");
    };
  }

  private boolean sha512() {
    return algorithm.digest().equals(Optional.of(DigestAlgorithm.SHA_512));
  }

  /** The name of a wrapping algorithm in requests. */
  public EncryptionAlgorithmSpec encryption() {
    return algorithm.family() == Family.AES_GCM
        ? EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT
        : EncryptionAlgorithmSpec.RSAES_OAEP_SHA_256;
  }
}

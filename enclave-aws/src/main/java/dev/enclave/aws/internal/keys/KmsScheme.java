package dev.enclave.aws.internal.keys;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.spi.AlgorithmSupport;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

/**
 * What an algorithm is called at KMS. The key's own algorithm decides how it signs, never the list
 * of what KMS would accept: an RSA key of KMS signs with six schemes.
 */
public record KmsScheme(KeyAlgorithm algorithm) {

  /** The longest message of Sign; KMS takes the digest of anything longer. */
  public static final int LONGEST_MESSAGE = 4096;

  /** What KMS has there: in China Regions SYMMETRIC_DEFAULT is a key of 128 bits for SM4. */
  public static List<KeyAlgorithm> offered(AwsSession session) {
    return KeyAlgorithm.all().stream()
        .filter(algorithm -> !session.china() || algorithm.family() != Family.AES_GCM)
        .toList();
  }

  /** What a KMS key may be; several where KMS leaves padding or hash to each request. */
  public static List<KeyAlgorithm> of(KeyMetadata key, AwsSession session) {
    return offered(session).stream().filter(algorithm -> new KmsScheme(algorithm).is(key)).toList();
  }

  boolean is(KeyMetadata key) {
    return spec() == key.keySpec() && usage() == key.keyUsage();
  }

  /** The kind of KMS key. */
  public KeySpec spec() {
    return switch (algorithm.family()) {
      case EDDSA -> KeySpec.ECC_NIST_EDWARDS25519;
      case ECDSA ->
          algorithm.curve().equals(Optional.of("secp256k1"))
              ? KeySpec.ECC_SECG_P256_K1
              : KeySpec.fromValue("ECC_NIST_P" + algorithm.keyBits());
      case RSA_PSS, RSA_PKCS1, RSA_OAEP -> KeySpec.fromValue("RSA_" + algorithm.keyBits());
      case AES_GCM -> KeySpec.SYMMETRIC_DEFAULT;
    };
  }

  /** What the KMS key is for. */
  public KeyUsageType usage() {
    return algorithm.purpose() == KeyPurpose.SIGN
        ? KeyUsageType.SIGN_VERIFY
        : KeyUsageType.ENCRYPT_DECRYPT;
  }

  /** What KMS takes for it: no empty message, which is no valid request. */
  public AlgorithmSupport support() {
    if (algorithm.purpose() == KeyPurpose.WRAP) {
      return AlgorithmSupport.wrapping(algorithm);
    }
    if (algorithm.family() == Family.EDDSA) {
      return AlgorithmSupport.messagesUpTo(algorithm, LONGEST_MESSAGE).messagesFrom(1);
    }
    // KMS would hash a message by SHA-256; a digest it takes as it is.
    return algorithm.digest().equals(Optional.of(DigestAlgorithm.KECCAK_256))
        ? AlgorithmSupport.digestsOnly(algorithm)
        : AlgorithmSupport.digestsAndMessagesUpTo(algorithm, LONGEST_MESSAGE).messagesFrom(1);
  }

  /** The name of a signing algorithm in requests. */
  public SigningAlgorithmSpec signing() {
    String scheme =
        switch (algorithm.family()) {
          case EDDSA -> "ED25519_SHA_512";
          case ECDSA -> "ECDSA_SHA_";
          case RSA_PSS -> "RSASSA_PSS_SHA_";
          case RSA_PKCS1 -> "RSASSA_PKCS1_V1_5_SHA_";
          case AES_GCM, RSA_OAEP -> throw new IllegalStateException(algorithm + " does not sign");
        };
    return SigningAlgorithmSpec.fromValue(
        algorithm.digest().map(hash -> scheme + hash.length() * Byte.SIZE).orElse(scheme));
  }

  /** The name of a wrapping algorithm in requests. */
  public EncryptionAlgorithmSpec encryption() {
    return algorithm.family() == Family.AES_GCM
        ? EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT
        : EncryptionAlgorithmSpec.RSAES_OAEP_SHA_256;
  }
}

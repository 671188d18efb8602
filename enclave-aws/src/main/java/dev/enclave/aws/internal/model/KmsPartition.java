package dev.enclave.aws.internal.model;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.crypto.RsaAesKeyWrap;
import dev.enclave.crypto.RsaOaepWrap;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;

/**
 * What KMS has in a partition, which is the same in all but that of the China Regions. There
 * SYMMETRIC_DEFAULT is a key of 128 bits for SM4 (API Reference, CreateKey, KeySpec), and
 * RSA_AES_KEY_WRAP is not known (Developer Guide, "Encrypt the key material"), the only way in for
 * private keys of RSA.
 *
 * @param id as ARNs have it
 */
public record KmsPartition(String id) {

  private boolean china() {
    return id.equals("aws-cn");
  }

  /** What KMS takes for every algorithm that it has. */
  public List<AlgorithmSupport> supported() {
    return KeyAlgorithm.all().stream()
        .filter(this::has)
        .map(algorithm -> KmsScheme.of(algorithm).support())
        .toList();
  }

  public boolean has(KeyAlgorithm algorithm) {
    return !china() || algorithm.family() != Family.AES_GCM;
  }

  public ImportSupport importSupport() {
    return ImportSupport.of(
        KeyAlgorithm.all().stream()
            .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
            .filter(algorithm -> !china() || !rsa(algorithm))
            .collect(Collectors.toUnmodifiableSet()),
        false);
  }

  private static boolean rsa(KeyAlgorithm algorithm) {
    return Stream.of(Family.RSA_PSS, Family.RSA_PKCS1, Family.RSA_OAEP)
        .anyMatch(algorithm.family()::equals);
  }

  /** By which a private key is wrapped for import, under an RSA key of 4,096 bits. */
  public AlgorithmSpec wrapping() {
    return china() ? AlgorithmSpec.RSAES_OAEP_SHA_256 : AlgorithmSpec.RSA_AES_KEY_WRAP_SHA_256;
  }

  /** Wraps it so. */
  public Bytes wrap(Bytes wrappingKey, SecretBytes material, SecureRandom random) {
    return china()
        ? RsaOaepWrap.wrap(wrappingKey, material, random)
        : RsaAesKeyWrap.SHA_256.wrap(wrappingKey, material, random);
  }
}

package dev.enclave.kit.key;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.PublicKeyInfo;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.crypto.RsaAesKeyWrap;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Takes in private keys of all algorithms that the service signs with, each wrapped by {@link
 * RsaAesKeyWrap#SHA_256} under the service's RSA key of 4,096 bits. Thread-safe, if the service's
 * part is.
 */
public abstract class RsaAesTaker implements KeyTaker {

  private static final WrappingAlgorithm WRAPPING = WrappingAlgorithm.RSA_OAEP_4096_SHA256;

  private final Refusals refusals;
  private final ImportSupport support;
  private final SecureRandom random;

  /**
   * For one service.
   *
   * @param offered what the service has keys for
   */
  protected RsaAesTaker(Refusals refusals, List<AlgorithmSupport> offered, SecureRandom random) {
    this.refusals = refusals;
    this.support =
        ImportSupport.of(
            offered.stream()
                .map(AlgorithmSupport::algorithm)
                .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
                .collect(Collectors.toUnmodifiableSet()),
            false);
    this.random = random;
  }

  @Override
  public final ImportSupport support() {
    return support;
  }

  @Override
  public final BackendFailure notTaken(KeyAlgorithm algorithm) {
    return refusals.notImported(algorithm, Texts.NO_KEYS_FOR_IT.with());
  }

  @Override
  public final void check(ExportedKey.Version version, KeyAlgorithm algorithm)
      throws BackendFailure {
    KeyTaker.checked(version, algorithm, refusals, random).close();
  }

  /**
   * The service's wrapping key, DER SubjectPublicKeyInfo.
   *
   * @param pem as the service tells it
   * @param subject the service's own name of it
   * @throws BackendFailure {@link FailureCode#CORRUPT} when it is no such key
   */
  protected final Bytes wrappingKey(String pem, String subject) throws BackendFailure {
    try {
      return PublicKeyInfo.fromPem(pem, WRAPPING).spki();
    } catch (EnclaveException e) {
      throw refusals
          .wrongAnswer(Texts.NO_WRAPPING_KEY.with(subject, WRAPPING.keyBits()))
          .naming(subject);
    }
  }

  /** A version's private key, checked as by {@link #check} and wrapped. */
  protected final Bytes wrapped(
      ExportedKey.Version version, KeyAlgorithm algorithm, Bytes wrappingKey)
      throws BackendFailure {
    try (SecretBytes pkcs8 = KeyTaker.checked(version, algorithm, refusals, random)) {
      return RsaAesKeyWrap.SHA_256.wrap(wrappingKey, pkcs8, random);
    }
  }
}

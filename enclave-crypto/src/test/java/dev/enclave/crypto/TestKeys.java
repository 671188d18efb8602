package dev.enclave.crypto;

import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * One key per algorithm for the whole run; those of RSA of one size are the same, since large ones
 * take seconds to make.
 */
final class TestKeys {

  static final SecureRandom RANDOM = new SecureRandom();

  private static final Map<KeyAlgorithm, LocalKey> KEYS = new ConcurrentHashMap<>();
  private static final Map<Integer, LocalKey> RSA = new ConcurrentHashMap<>();

  private TestKeys() {}

  /** A key that no test closes. */
  static LocalKey of(KeyAlgorithm algorithm) {
    return KEYS.computeIfAbsent(algorithm, TestKeys::made);
  }

  private static LocalKey made(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case RSA_PSS, RSA_PKCS1, RSA_OAEP -> rsa(algorithm);
      default -> LocalKey.generate(algorithm, RANDOM);
    };
  }

  private static LocalKey rsa(KeyAlgorithm algorithm) {
    LocalKey first =
        RSA.computeIfAbsent(algorithm.keyBits(), missing -> LocalKey.generate(algorithm, RANDOM));
    try (SecretBytes material = first.encode()) {
      return LocalKey.decode(algorithm, material, RANDOM);
    }
  }

  static Stream<SigningAlgorithm> signing() {
    return Stream.of(SigningAlgorithm.values());
  }

  static Stream<WrappingAlgorithm> wrapping() {
    return Stream.of(WrappingAlgorithm.values());
  }

  static Stream<KeyAlgorithm> asymmetric() {
    return KeyAlgorithm.all().stream().filter(KeyAlgorithm::asymmetric);
  }

  static Stream<KeyAlgorithm> ecdsa() {
    return KeyAlgorithm.all().stream()
        .filter(algorithm -> algorithm.family() == KeyAlgorithm.Family.ECDSA);
  }
}

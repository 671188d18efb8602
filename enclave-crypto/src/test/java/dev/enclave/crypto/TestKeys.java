package dev.enclave.crypto;

import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** One key per algorithm for the whole run: large RSA keys take seconds to make. */
final class TestKeys {

  static final SecureRandom RANDOM = new SecureRandom();

  private static final Map<KeyAlgorithm, LocalKey> KEYS = new ConcurrentHashMap<>();

  private TestKeys() {}

  /** A key that no test closes. */
  static LocalKey of(KeyAlgorithm algorithm) {
    return KEYS.computeIfAbsent(algorithm, missing -> LocalKey.generate(missing, RANDOM));
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

package dev.enclave.crypto;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import java.security.SecureRandom;
import java.util.Arrays;
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

  static Stream<KeyAlgorithm> signing() {
    return Arrays.stream(KeyAlgorithm.values())
        .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN);
  }

  static Stream<KeyAlgorithm> wrapping() {
    return Arrays.stream(KeyAlgorithm.values())
        .filter(algorithm -> algorithm.purpose() == KeyPurpose.WRAP);
  }

  static Stream<KeyAlgorithm> asymmetric() {
    return Arrays.stream(KeyAlgorithm.values()).filter(KeyAlgorithm::asymmetric);
  }

  static Stream<KeyAlgorithm> ecdsa() {
    return Arrays.stream(KeyAlgorithm.values())
        .filter(algorithm -> algorithm.family() == KeyAlgorithm.Family.ECDSA);
  }
}

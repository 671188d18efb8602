package dev.enclave.crypto;

import dev.enclave.KeyAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.diagnosis.Diagnosis;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Which engines a test run is about. */
final class TestEngines {

  private static final Map<KeyAlgorithm, String> NAMES =
      CryptoEngines.inventory().stream()
          .collect(Collectors.toMap(Diagnosis.EngineInfo::algorithm, Diagnosis.EngineInfo::engine));

  private TestEngines() {}

  /** The engine of {@code algorithm} and its version. */
  static String of(KeyAlgorithm algorithm) {
    return java.util.Objects.requireNonNull(NAMES.get(algorithm));
  }

  /** How the name of the engine begins that has to be there: an accelerator wherever it exists. */
  static String expected(KeyAlgorithm algorithm) {
    if (!accelerated() || algorithm == WrappingAlgorithm.AES_256_GCM) {
      return "Bouncy Castle ";
    } else if (algorithm.curve().filter("secp256k1"::equals).isPresent()) {
      return "libsecp256k1 ";
    }
    return windows() ? "Bouncy Castle " : "Amazon Corretto Crypto Provider 2.5.0";
  }

  /** Set to false by the run of surefire that has no accelerator on its class path. */
  static boolean accelerated() {
    return Boolean.parseBoolean(System.getProperty("enclave.test.accelerated", "true"));
  }

  private static boolean windows() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
  }
}

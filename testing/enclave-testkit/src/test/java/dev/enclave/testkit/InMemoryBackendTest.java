package dev.enclave.testkit;

import dev.enclave.KeyAlgorithm;
import dev.enclave.testkit.contract.BackendContract;
import java.security.SecureRandom;
import java.util.Set;
import java.util.stream.Collectors;

class InMemoryBackendTest implements BackendContract {

  @Override
  public BackendHarness harness() {
    return harness(new InMemoryProvider().algorithms(quicklyMade()));
  }

  /** Not 4096-bit RSA: the mathematics is another module's, and a key takes many seconds. */
  private static Set<KeyAlgorithm> quicklyMade() {
    return KeyAlgorithm.all().stream()
        .filter(algorithm -> algorithm.keyBits() < 4096)
        .collect(Collectors.toSet());
  }

  static BackendHarness harness(InMemoryProvider provider) {
    SecureRandom random = new SecureRandom();
    BackendHarness harness = BackendHarness.of(provider, random).expecting(provider.traits());
    return harness.adopting(new InMemoryKeysToAdopt(provider, harness.time(), random));
  }
}

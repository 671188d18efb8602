package dev.enclave.testkit;

import dev.enclave.testkit.contract.BackendContract;
import dev.enclave.testkit.contract.BackendHarness;
import java.security.SecureRandom;

class InMemoryBackendTest implements BackendContract {

  @Override
  public BackendHarness harness() {
    return harness(new InMemoryProvider());
  }

  static BackendHarness harness(InMemoryProvider provider) {
    SecureRandom random = new SecureRandom();
    BackendHarness harness = BackendHarness.of(provider, random).expecting(provider.traits());
    return harness.adopting(
        algorithm -> provider.placeForeignKey(algorithm, harness.time().now(), random));
  }
}

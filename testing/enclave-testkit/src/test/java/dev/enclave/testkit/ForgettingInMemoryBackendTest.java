package dev.enclave.testkit;

import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.testkit.contract.BackendContract;
import java.util.Set;
import org.junit.jupiter.api.Tag;

@Tag("full")
class ForgettingInMemoryBackendTest implements BackendContract {

  @Override
  public BackendHarness harness() {
    return InMemoryBackendTest.harness(
        new InMemoryProvider()
            .algorithms(Set.of(SigningAlgorithm.ECDSA_P256_SHA256, WrappingAlgorithm.AES_256_GCM))
            .forgetting());
  }
}

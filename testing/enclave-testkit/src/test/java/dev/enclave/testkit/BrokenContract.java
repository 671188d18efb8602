package dev.enclave.testkit;

import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.contract.BackendContract;
import java.security.SecureRandom;
import java.util.Set;

/** The contract against an in-memory backend with something done to it. */
interface BrokenContract extends BackendContract {

  SigningBackend breaking(InMemoryBackend whole);

  default InMemoryProvider whole() {
    return new InMemoryProvider()
        .algorithms(Set.of(SigningAlgorithm.ED25519, WrappingAlgorithm.AES_256_GCM));
  }

  /** What the author of the broken backend believes of it. */
  default Set<BackendTrait> believed(Set<BackendTrait> whole) {
    return whole;
  }

  @Override
  default BackendHarness harness() {
    InMemoryProvider whole = whole();
    SecureRandom random = new SecureRandom();
    BackendHarness harness =
        BackendHarness.of(whole, random)
            .expecting(believed(whole.traits()))
            .opening(context -> breaking((InMemoryBackend) whole.open(context)));
    return harness.adopting(new InMemoryKeysToAdopt(whole, harness.time(), random));
  }
}

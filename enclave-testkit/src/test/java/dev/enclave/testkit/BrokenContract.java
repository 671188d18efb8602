package dev.enclave.testkit;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendProvider;
import dev.enclave.spi.BackendTrait;
import dev.enclave.spi.Detection;
import dev.enclave.spi.DetectionContext;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.SigningBackend;
import dev.enclave.testkit.contract.BackendContract;
import dev.enclave.testkit.contract.BackendHarness;
import java.security.SecureRandom;
import java.util.List;
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
        BackendHarness.of(new Provider(whole, this), random).expecting(believed(whole.traits()));
    return harness.adopting(new InMemoryKeysToAdopt(whole, harness.time(), random));
  }

  record Provider(InMemoryProvider whole, BrokenContract breaker) implements BackendProvider {

    @Override
    public BackendId id() {
      return whole.id();
    }

    @Override
    public List<SettingSpec> settings() {
      return whole.settings();
    }

    @Override
    public Assurance assuranceCeiling() {
      return whole.assuranceCeiling();
    }

    @Override
    public Detection detect(DetectionContext context) {
      return whole.detect(context);
    }

    @Override
    public SigningBackend open(BackendContext context) {
      return breaker.breaking((InMemoryBackend) whole.open(context));
    }
  }
}

package dev.enclave.testkit;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.testkit.contract.DestructionContract;
import java.security.SecureRandom;

/** A backend that does not encrypt yet passes the contracts that open an Enclave, too: in LOCAL. */
class PlaintextBackendContractTest implements DestructionContract {

  @Override
  public BackendHarness harness() {
    InMemoryProvider provider = new InMemoryProvider().assurance(Assurance.PLAINTEXT);
    return BackendHarness.of(provider, new SecureRandom())
        .expecting(provider.traits())
        .in(EnvironmentType.LOCAL, FakeEnvironment.empty());
  }
}

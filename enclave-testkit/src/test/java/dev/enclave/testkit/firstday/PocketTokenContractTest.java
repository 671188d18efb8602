package dev.enclave.testkit.firstday;

import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.contract.BackendContract;
import dev.enclave.testkit.contract.BackendHarness;
import java.security.SecureRandom;

/** A backend that only signs is held to every contract: what it cannot do is asserted. */
class PocketTokenContractTest implements BackendContract {

  @Override
  public BackendHarness harness() {
    PocketToken.Provider provider = new PocketToken.Provider();
    SecureRandom random = new SecureRandom();
    return BackendHarness.of(provider, random)
        .expecting(BackendTrait.SIGNS, BackendTrait.ADOPTS, BackendTrait.PERSISTENT)
        .adopting(algorithm -> provider.place(algorithm, random));
  }
}

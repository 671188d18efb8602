package dev.enclave.testkit.firstday;

import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.contract.BackendContract;
import java.security.SecureRandom;
import java.util.Map;

// region contract
class PocketBackendContractTest implements BackendContract {

  @Override
  public BackendHarness harness() {
    return BackendHarness.of(new PocketProvider(), new SecureRandom())
        .configured(Map.of("owner", "treasury"))
        .expecting(
            BackendTrait.COMPARE_AND_SET,
            BackendTrait.STAMPS,
            BackendTrait.CREATES,
            BackendTrait.SIGNS,
            BackendTrait.ROTATES);
  }
}
// endregion

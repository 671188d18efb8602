package dev.enclave.kit.record;

import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.contract.BackendContract;
import java.security.SecureRandom;
import org.junit.jupiter.api.Tag;

@Tag("full")
class RemoteBackendContractTest implements BackendContract {

  @Override
  public BackendHarness harness() {
    return BackendHarness.of(new RecordProvider(true), new SecureRandom())
        .expecting(
            BackendTrait.REMOTE,
            BackendTrait.USES_KEYS_IN_PROCESS,
            BackendTrait.PERSISTENT,
            BackendTrait.COMPARE_AND_SET,
            BackendTrait.STAMPS,
            BackendTrait.KEEPS_PUBLIC_KEYS,
            BackendTrait.CREATES,
            BackendTrait.SIGNS,
            BackendTrait.LISTS,
            BackendTrait.ROTATES,
            BackendTrait.CHANGES_STATE,
            BackendTrait.WRAPS,
            BackendTrait.EXPORTS,
            BackendTrait.IMPORTS,
            BackendTrait.REWRAPS);
  }
}

package dev.enclave.kit.key;

import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.contract.BackendContract;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** Every contract where reads are late and answers are lost. */
@Tag("full")
class ByListContractTest implements BackendContract {

  @Override
  public BackendHarness harness() {
    return BackendHarness.of(MemoryService.ofLists(), new SecureRandom())
        .expecting(
            BackendTrait.REMOTE,
            BackendTrait.PERSISTENT,
            BackendTrait.EVENTUALLY_CONSISTENT,
            BackendTrait.STAMPS,
            BackendTrait.CREATES,
            BackendTrait.SIGNS,
            BackendTrait.LISTS,
            BackendTrait.ROTATES,
            BackendTrait.CHANGES_STATE,
            BackendTrait.IMPORTS,
            BackendTrait.RECONCILES)
        .on(new MutableClock(), Duration.ofMinutes(1));
  }
}

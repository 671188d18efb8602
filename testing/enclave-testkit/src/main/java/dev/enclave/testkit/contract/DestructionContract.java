package dev.enclave.testkit.contract;

import dev.enclave.Enclave;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.DoomedKey;
import dev.enclave.testkit.internal.bench.EngineBackend;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/**
 * A rotated key whose versions are destroyed one after another stays the same key to the engine,
 * until none is left and afterwards. Needs the engine on the class path.
 */
public interface DestructionContract extends BackendUnderTest {

  @Test
  default void staysTheSameKey_whenItsVersionsAreDestroyed_oldestFirst() {
    destroyAll(harness(), false);
  }

  @Test
  default void staysTheSameKey_whenItsVersionsAreDestroyed_newestFirst() {
    destroyAll(harness(), true);
  }

  private static void destroyAll(BackendHarness harness, boolean newestFirst) {
    Workbench.with(
        harness,
        EnumSet.of(BackendTrait.ROTATES, BackendTrait.CHANGES_STATE),
        bench -> {
          try (Enclave enclave = EngineBackend.open(harness)) {
            new DoomedKey(harness, enclave, bench).destroyAll(newestFirst);
          }
        });
  }
}

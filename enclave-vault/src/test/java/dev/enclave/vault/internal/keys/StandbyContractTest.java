package dev.enclave.vault.internal.keys;

import dev.enclave.BackendId;
import dev.enclave.emulators.VaultServer;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.contract.KeyLifecycleContract;
import dev.enclave.testkit.contract.SealedBoxContract;
import dev.enclave.testkit.contract.SigningContract;
import dev.enclave.testkit.contract.StateContract;
import dev.enclave.testkit.contract.WrappingContract;
import dev.enclave.vault.VaultBackendProvider;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/**
 * The contracts of making and using keys at a standby that answers reads itself, five seconds late.
 * Those that open another process at once expect it to see what the first one wrote.
 */
@Tag("full")
class StandbyContractTest
    implements KeyLifecycleContract,
        SealedBoxContract,
        SigningContract,
        StateContract,
        WrappingContract {

  private static final MutableClock CLOCK = new MutableClock();

  private static VaultServer server;

  @BeforeAll
  static void start() {
    server =
        VaultServer.builder().clock(CLOCK::now).eventualConsistency(Duration.ofSeconds(5)).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  public BackendHarness harness() {
    VaultAdministrator administrator = new VaultAdministrator(server);
    return BackendHarness.of(
            new VaultBackendProvider(),
            administrator.deployment(server.standbyAddress()).context(BackendId.VAULT, CLOCK))
        .expecting(VaultContractTest.TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(administrator::place);
  }
}

package dev.enclave.vault.internal.keys;

import dev.enclave.BackendId;
import dev.enclave.emulators.VaultServer;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import dev.enclave.vault.VaultBackendProvider;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Every contract, over the wire, against our own server's active node. */
@ConformanceRecord(backend = "vault", against = RanAgainst.OURS, what = "our Vault server")
class VaultContractTest implements BackendContract {

  static final Set<BackendTrait> TRAITS =
      Set.of(
          BackendTrait.REMOTE,
          BackendTrait.PERSISTENT,
          BackendTrait.EVENTUALLY_CONSISTENT,
          BackendTrait.COMPARE_AND_SET,
          BackendTrait.STAMPS,
          BackendTrait.KEEPS_PUBLIC_KEYS,
          BackendTrait.CREATES,
          BackendTrait.SIGNS,
          BackendTrait.LISTS,
          BackendTrait.ROTATES,
          BackendTrait.CHANGES_STATE,
          BackendTrait.WRAPS,
          BackendTrait.ADOPTS,
          BackendTrait.IMPORTS,
          BackendTrait.RECONCILES,
          BackendTrait.PROBES_PERMISSIONS);

  private static final MutableClock CLOCK = new MutableClock();

  private static VaultServer server;

  @BeforeAll
  static void start() {
    server = VaultServer.builder().clock(CLOCK::now).start();
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
            administrator.deployment(server.address()).context(BackendId.VAULT, CLOCK))
        .expecting(TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(administrator::place);
  }
}

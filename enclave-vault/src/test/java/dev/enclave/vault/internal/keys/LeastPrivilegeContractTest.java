package dev.enclave.vault.internal.keys;

import dev.enclave.BackendId;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.VaultTokenSpec;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.contract.BackendContract;
import dev.enclave.vault.VaultBackendProvider;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Every contract with a token that has the policies which doctor prints, and no other. */
@Tag("full")
class LeastPrivilegeContractTest implements BackendContract {

  private static final MutableClock CLOCK = new MutableClock();

  private static VaultServer server;
  private static Deployment deployment;

  @BeforeAll
  static void start() throws Exception {
    server = VaultServer.builder().clock(CLOCK::now).start();
    Deployment asRoot = new VaultAdministrator(server).deployment(server.address());
    server.setPolicy(
        "printed",
        new VaultBackendProvider().accessPolicy(asRoot.context(BackendId.VAULT, CLOCK)).text());
    String token = server.issueToken(VaultTokenSpec.of("printed").period(Duration.ofDays(36_500)));
    deployment =
        asRoot.and(
            new Deployment(
                Map.of("enclave.vault.token-file", "/least"), Map.of(), Map.of("/least", token)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  public BackendHarness harness() {
    return BackendHarness.of(new VaultBackendProvider(), deployment.context(BackendId.VAULT, CLOCK))
        .expecting(VaultContractTest.TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(new VaultAdministrator(server)::place);
  }
}

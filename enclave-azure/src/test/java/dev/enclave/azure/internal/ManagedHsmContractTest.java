package dev.enclave.azure.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.contract.BackendHarness;
import dev.enclave.testkit.contract.DescriptionContract;
import dev.enclave.testkit.contract.ImportContract;
import dev.enclave.testkit.contract.KeyLifecycleContract;
import dev.enclave.testkit.contract.StampContract;
import dev.enclave.testkit.contract.WrappingContract;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What is different in a managed HSM: AES keys that wrap, and tokens of another audience. */
class ManagedHsmContractTest
    implements DescriptionContract,
        KeyLifecycleContract,
        StampContract,
        WrappingContract,
        ImportContract {

  private static final MutableClock CLOCK = new MutableClock();

  private static AzureKeyVaultServer server;

  @BeforeAll
  static void start() {
    server = Vaults.server().managedHsm().clock(CLOCK::now).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  public BackendHarness harness() {
    return BackendHarness.of(
            Vaults.provider(context -> Vaults.managedHsm(server, context)), new SecureRandom())
        .configured(Vaults.settings(server))
        .in(EnvironmentType.DEVELOPMENT, Vaults.machine(server))
        .expecting(ManagedHsmBackend.TRAITS)
        .on(CLOCK, Duration.ofMinutes(1));
  }
}

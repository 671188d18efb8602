package dev.enclave.azure.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/**
 * Every contract, with what is different in a managed HSM: AES keys that wrap, tokens of another
 * audience, HSM keys alone.
 */
@ConformanceRecord(
    backend = "azure-keyvault",
    against = RanAgainst.OURS,
    what = "our managed HSM server")
@Tag("full")
class ManagedHsmContractTest implements BackendContract {

  static final Set<BackendTrait> TRAITS =
      Set.of(
          BackendTrait.REMOTE,
          BackendTrait.PERSISTENT,
          BackendTrait.STAMPS,
          BackendTrait.CREATES,
          BackendTrait.SIGNS,
          BackendTrait.LISTS,
          BackendTrait.ROTATES,
          BackendTrait.CHANGES_STATE,
          BackendTrait.WRAPS,
          BackendTrait.ADOPTS,
          BackendTrait.IMPORTS,
          BackendTrait.RECONCILES,
          BackendTrait.PROBES_PERMISSIONS,
          BackendTrait.ATTESTS);

  private static final MutableClock CLOCK = new MutableClock();

  private static AzureKeyVaultServer server;

  @BeforeAll
  static void start() {
    server = KeyVaults.server().managedHsm().clock(CLOCK::now).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  public BackendHarness harness() {
    return BackendHarness.of(
            KeyVaults.provider(context -> KeyVaults.managedHsm(server, context)),
            new SecureRandom())
        .configured(KeyVaults.settings(server))
        .in(EnvironmentType.DEVELOPMENT, KeyVaults.machine(server))
        .expecting(TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(algorithm -> KeyVaults.foreignKey(server, CLOCK, algorithm));
  }
}

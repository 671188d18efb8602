package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.azure.campaign.AzureUnderTest;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.BackendHarness.ForeignKeys;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.BackendContract;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Every contract, over the wire, against our own server, with azure-identity's own tokens. */
@ConformanceRecord(
    backend = "azure-keyvault",
    against = RanAgainst.OURS,
    what = "our Azure Key Vault server")
class AzureKeyVaultContractTest implements BackendContract {

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
          BackendTrait.PROBES_PERMISSIONS);

  private static final MutableClock CLOCK = new MutableClock();

  private static AzureKeyVaultServer server;

  @BeforeAll
  static void start() {
    server = KeyVaults.serverBy(CLOCK);
  }

  @AfterAll
  static void stop() {
    server.close();
    AzureUnderTest.REQUESTS.requireNoExports(
        server.journal().entries().stream()
            // An administrator's, past Enclave.
            .filter(entry -> !entry.operation().equals("RotateKey"))
            .toList());
    int made =
        Stream.of("CreateKey", "ImportKey").mapToInt(o -> server.journal().of(o).size()).sum();
    int requests = server.journal().entries().size();
    System.out.println("Azure contracts: " + made + " versions made, " + requests + " requests");
    assertThat(made).isLessThanOrEqualTo(new AzureKeyVaultBackendProvider().estimate().keys());
    assertThat(requests)
        .isLessThanOrEqualTo(new AzureKeyVaultBackendProvider().estimate().requests());
  }

  @Override
  public BackendHarness harness() {
    return BackendHarness.of(KeyVaults.provider(server), new SecureRandom())
        .configured(KeyVaults.settings(server))
        .in(EnvironmentType.DEVELOPMENT, KeyVaults.machine(server))
        .expecting(TRAITS)
        .on(CLOCK, Duration.ofMinutes(1))
        .adopting(
            new ForeignKeys() {
              @Override
              public String place(KeyAlgorithm algorithm) {
                return KeyVaults.foreignKey(server, CLOCK, algorithm);
              }

              @Override
              public Optional<String> rotate(KeyName name) {
                return Optional.of(KeyVaults.rotate(server, CLOCK, name));
              }
            });
  }
}

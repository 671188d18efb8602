package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of the contracts through the command, against a vault at our own server. */
@Tag("full")
class AzureConformanceTest {

  private static final Percentage CLOSE = Percentage.withPercentage(15);

  private final MutableClock clock = new MutableClock();

  @Test
  void conforms_costsWhatItSaid_andLeavesNoKeyThatCostsAnything(@TempDir Path folder) {
    try (AzureKeyVaultServer server = AzurePod.serve(clock)) {
      Cli.Run run =
          AzurePod.in(folder, server, clock)
              .run(AzurePod.line(server, "conformance", "--backend=azure-keyvault", "--yes"));

      assertThat(run.out()).doesNotContain("FAILED").doesNotContain("LEFT");
      assertThat(run.code()).as(run.out() + run.err()).isZero();
      Estimate estimate = new AzureKeyVaultBackendProvider().estimate();
      long made = applied(server, "CreateKey") + applied(server, "ImportKey");
      assertThat(made).isCloseTo(estimate.keys(), CLOSE);
      assertThat(ofTheVault(server)).isCloseTo(estimate.requests(), CLOSE);
      assertThat(applied(server, "DeleteKey")).isPositive();
    }
  }

  private static long applied(AzureKeyVaultServer server, String operation) {
    return server.journal().of(operation).stream()
        .map(JournalEntry::status)
        .filter(status -> status == 200)
        .count();
  }

  /** Without those for tokens, which cost nothing. */
  private static long ofTheVault(AzureKeyVaultServer server) {
    return server.journal().entries().stream()
        .map(JournalEntry::operation)
        .filter(operation -> !operation.equals("Token"))
        .count();
  }
}

package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.azure.AzureKeyVaultBackendProvider;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.ConformanceSupport.Estimate;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of the contracts through the command, against a vault at our own server. */
class AzureConformanceTest {

  private static final Percentage CLOSE = Percentage.withPercentage(15);
  private static final String TOKEN = "/var/run/secrets/azure/tokens/azure-identity-token";
  private static final String CERTIFICATE = "/etc/wallet/emulator.pem";

  private final MutableClock clock = new MutableClock();

  @Test
  void conforms_costsWhatItSaid_andLeavesNoKeyThatCostsAnything(@TempDir Path folder) {
    // azure-identity keeps tokens for the whole process, by the identity's client id.
    try (AzureKeyVaultServer server =
        AzureKeyVaultServer.builder()
            .identity(UUID.randomUUID().toString(), UUID.randomUUID().toString())
            .clock(clock::now)
            .start()) {
      Cli.Run run =
          Cli.in(folder)
              .on(machine -> pod(machine, server))
              .with(clock)
              .run(line(server, "conformance", "--backend=azure-keyvault", "--yes"));

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

  /** What AKS sets in a pod with a workload identity. */
  private static FakeEnvironment pod(FakeEnvironment machine, AzureKeyVaultServer server) {
    return machine
        .withFile(CERTIFICATE, server.certificatePem())
        .withFile(TOKEN, server.federatedToken())
        .withVariable("AZURE_FEDERATED_TOKEN_FILE", TOKEN)
        .withVariable("AZURE_CLIENT_ID", server.clientId())
        .withVariable("AZURE_TENANT_ID", server.tenant())
        .withVariable("AZURE_AUTHORITY_HOST", origin(server.authorityHost()) + "/");
  }

  private static String origin(URI uri) {
    return uri.getScheme() + "://" + uri.getAuthority();
  }

  private static String[] line(AzureKeyVaultServer server, String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.add("-Denclave.environment=development");
    line.add("-Denclave.azure-keyvault.vault-url=" + server.vaultUrl());
    line.add(
        "-Denclave.azure-keyvault.allowed-endpoints="
            + server.vaultUrl()
            + ","
            + origin(server.authorityHost()));
    line.add("-Denclave.azure-keyvault.trusted-certificate=" + CERTIFICATE);
    return line.toArray(String[]::new);
  }
}

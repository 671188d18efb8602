package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command does with a vault that is not the same for every backend. */
@Tag("full")
class AzureVaultTest {

  private final MutableClock clock = new MutableClock();
  private final AzureKeyVaultServer server = AzurePod.serve(clock);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it
  private Path folder;

  @AfterEach
  void close() {
    server.close();
  }

  private Cli cli() {
    return AzurePod.in(folder, server, clock);
  }

  @Test
  void doctorSaysThatTheVaultHasNoPurgeProtection_andCreatesNothing() {
    cli()
        .run(AzurePod.line(server, "keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256"));
    server.journal().clear();

    Cli.Run doctor = cli().run(AzurePod.line(server, "doctor", "--verbose"));

    assertThat(doctor.out()).contains("has no purge protection");
    assertThat(server.journal().of("CreateKey")).isEmpty();
    assertThat(server.journal().of("UpdateKey")).isEmpty();
  }

  @Test
  void doctorSaysThatAzureLogsNothingByItself() {
    assertThat(cli().run(AzurePod.line(server, "doctor", "--verbose")).out())
        .contains("Azure logs who uses keys of 127.0.0.1 only once it has a diagnostic setting")
        .contains("doctor --iam prints the command");
    assertThat(cli().run(AzurePod.line(server, "doctor", "--iam")).out())
        .contains("az monitor diagnostic-settings create", "AuditEvent")
        // Else the rows come into AzureDiagnostics, and the guide's query finds no table.
        .contains("--export-to-resource-specific true");
  }

  /** Both could keep keys there: the hardware of the vault comes before sealed Secrets. */
  @Test
  void doctorSaysWhyTheVaultComesBeforeSecrets_inAPodThatHasBoth() {
    Cli.Run doctor =
        AzurePod.withServiceAccount(folder, server, clock)
            .run(AzurePod.without("enclave.backend", AzurePod.line(server, "doctor", "--verbose")));

    assertThat(doctor.out()).containsPattern("kubernetes +.*azure-keyvault comes before it");
    assertThat(server.journal().of("CreateKey")).isEmpty();
  }
}

package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.emulators.wire.ServiceResponse;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PRODUCTION, from the vault's own address to a signature, over TLS that the JVM trusts. */
@Tag("full")
class ProductionOpeningTest {

  static final String VAULT = "https://wallets.vault.azure.net";

  private static final String PASSWORD = "changeit";

  /** The server calls keys by its own address, and is to be at another. */
  private static final Interceptor RENAMED =
      (request, service) -> {
        ServiceResponse response = service.handle(request);
        String body = new String(response.body(), StandardCharsets.UTF_8);
        return Delivery.answer(
            response.withBody(
                body.replaceAll("https://127\\.0\\.0\\.1:[0-9]+/keys/", VAULT + "/keys/")
                    .getBytes(StandardCharsets.UTF_8)));
      };

  @Test
  void makesAKeyInTheHsm_andSigns(@TempDir Path folder) throws Exception {
    try (AzureKeyVaultServer server = KeyVaults.server().interceptor(RENAMED).start()) {
      assertThat(run(server, trusting(folder, server)))
          .contains("MADE " + VAULT + "/keys/enclave-wallet/")
          .contains(" HSM")
          .contains("VERIFIED true");
      assertThat(server.journal().of("InstanceMetadataToken")).hasSize(1);
    }
  }

  @Test
  void sendsNothing_toAVaultThatTheJvmDoesNotTrust(@TempDir Path folder) throws Exception {
    try (AzureKeyVaultServer server = KeyVaults.server().interceptor(RENAMED).start();
        AzureKeyVaultServer other = KeyVaults.server().start()) {
      assertThat(run(server, trusting(folder, other))).contains("FAILED UNAVAILABLE");
      // The metadata service, which is asked for the token first, is the same server.
      assertThat(server.journal().entries())
          .extracting(JournalEntry::operation)
          .allMatch(operation -> operation.equals("InstanceMetadataToken"));
    }
  }

  private static Path trusting(Path folder, AzureKeyVaultServer server)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("vault", server.certificate());
    Path file = folder.resolve("trust.p12");
    try (OutputStream stream = Files.newOutputStream(file)) {
      trusted.store(stream, PASSWORD.toCharArray());
    }
    return file;
  }

  private static String run(AzureKeyVaultServer server, Path trust)
      throws IOException, InterruptedException {
    return Ended.run(
            JavaCommand.of(
                List.of(
                    "-Djavax.net.ssl.trustStore=" + trust,
                    "-Djavax.net.ssl.trustStorePassword=" + PASSWORD),
                ChildInProduction.class,
                server.vaultUrl().toString(),
                server.metadataEndpoint().toString(),
                server.clientId()))
        .output();
  }
}

package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The managed identity of an app, by the variables that the platform sets, in a process of its own.
 */
@Tag("full")
class AppServiceTest {

  private static final Map<String, String> HOSTILE =
      Map.of(
          "HTTPS_PROXY", "http://127.0.0.1:9",
          "HTTP_PROXY", "http://127.0.0.1:9",
          "AZURE_HTTP_LOG_DETAIL_LEVEL", "BODY_AND_HEADERS",
          "AZURE_KEYVAULT_ENDPOINT", "https://127.0.0.1:9",
          "AZURE_REQUEST_RETRY_COUNT", "9",
          "AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9");

  @Test
  void signsByTheAppsIdentity_whateverElseVariablesSay(@TempDir Path folder) throws Exception {
    try (AzureKeyVaultServer server = KeyVaults.server().start()) {
      Map<String, String> variables = new TreeMap<>(HOSTILE);
      variables.put("IDENTITY_ENDPOINT", server.identityEndpoint().toString());
      variables.put("IDENTITY_HEADER", server.identityHeader());
      // The same by their older names, as the platform sets them too.
      variables.put("MSI_ENDPOINT", server.identityEndpoint().toString());
      variables.put("MSI_SECRET", server.identityHeader());
      assertThat(run(folder, server, variables))
          .contains("VERIFIED true")
          .doesNotContain(server.identityHeader(), "Bearer ey");
      assertThat(server.journal().of("ManagedIdentityToken")).hasSize(1);
      assertThat(server.journal().of("Sign")).hasSize(1);
    }
  }

  @Test
  void asksNobody_whoseVariableIsNotTheSettings(@TempDir Path folder) throws Exception {
    try (AzureKeyVaultServer server = KeyVaults.server().start()) {
      // Without the app's variables MSAL would follow this one.
      Map<String, String> variables = new TreeMap<>(HOSTILE);
      variables.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.metadataEndpoint().toString());
      assertThat(run(folder, server, variables))
          .contains("FAILED ")
          .contains("the instance metadata service");
      assertThat(server.journal().entries()).isEmpty();
    }
  }

  private String run(Path folder, AzureKeyVaultServer server, Map<String, String> variables)
      throws IOException, InterruptedException {
    Path certificate =
        Files.writeString(folder.resolve("certificate.pem"), server.certificatePem());
    List<String> command =
        JavaCommand.of(
            List.of("-Dhttps.proxyHost=127.0.0.1", "-Dhttps.proxyPort=9"), ChildSigning.class);
    Map<String, String> settings = Engines.settings(server);
    settings.put("enclave.azure-keyvault.trusted-certificate", certificate.toString());
    settings.put("enclave.azure-keyvault.identity-client-id", server.clientId());
    settings.forEach((name, value) -> command.add(name + "=" + value));
    ProcessBuilder child = new ProcessBuilder(command);
    JavaCommand.setVariables(child, variables);
    return Ended.run(child).output();
  }
}

package dev.enclave.emulators.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where workloads get their tokens: azure-identity's own flows, and requests by hand. */
class AzureIdentityTest {

  private static final String VAULT = "https://vault.azure.net";

  private final Path folder;
  private final String application = UUID.randomUUID().toString();
  private final AzureKeyVaultServer server =
      AzureKeyVaultServer.builder().identity(UUID.randomUUID().toString(), application).start();
  private final RawVault raw = new RawVault(server);

  AzureIdentityTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** The library reads its variables itself, so they are a process's. */
  @Tag("full")
  @Test
  void azureIdentityFindsAppServicesEndpoint_byItsVariables() throws Exception {
    ProcessBuilder child = new ProcessBuilder(JavaCommand.of(OneToken.class, application));
    child.environment().keySet().removeIf(name -> name.startsWith("AZURE_"));
    child.environment().put("IDENTITY_ENDPOINT", server.identityEndpoint().toString());
    child.environment().put("IDENTITY_HEADER", server.identityHeader());
    Path errors = folder.resolve("errors");
    Ended ended = Ended.run(child.redirectError(errors.toFile()));

    assertThat(ended.code()).as(Files.readString(errors)).isZero();
    assertThat(server.journal().of("ManagedIdentityToken")).hasSize(1);
    assertThat(
            raw.send("GET", "/keys", "", "Authorization", "Bearer " + ended.output().strip())
                .statusCode())
        .isEqualTo(200);
  }

  /** What the child process does. */
  static final class OneToken {

    private OneToken() {}

    public static void main(String[] arguments) {
      TokenCredential credential =
          new ManagedIdentityCredentialBuilder().clientId(arguments[0]).build();
      System.out.println(
          credential
              .getTokenSync(new TokenRequestContext().addScopes(VAULT + "/.default"))
              .getToken());
    }
  }

  @Test
  void azureIdentityAsksTheInstanceMetadataService() {
    AzureClients.keys(server, AzureClients.managedIdentity(server, application))
        .createEcKey(new CreateEcKeyOptions("wallet"));

    assertThat(server.journal().of("InstanceMetadataToken")).hasSize(1);
    assertThat(server.journal().of("CreateKey").get(0).principal()).hasValue(server.objectId());
  }

  @Test
  void azureIdentityProvesAWorkloadToTheAuthority() throws Exception {
    Path file = Files.writeString(folder.resolve("federated"), server.federatedToken());
    AzureClients.keys(server, AzureClients.workloadIdentity(server, application, file))
        .createEcKey(new CreateEcKeyOptions("wallet"));

    assertThat(server.journal().of("Token")).hasSize(1);
    assertThat(server.journal().of("CreateKey").get(0).principal()).hasValue(server.objectId());
  }

  @Test
  void aWorkloadWithoutItsProofGetsNothing() throws Exception {
    Path file = Files.writeString(folder.resolve("federated"), "another");
    TokenCredential credential = AzureClients.workloadIdentity(server, application, file);

    assertThatThrownBy(
            () -> credential.getTokenSync(new TokenRequestContext().addScopes(VAULT + "/.default")))
        .hasMessageContaining("AADSTS70021");
  }

  @Test
  void appServiceWantsItsHeader() throws Exception {
    URI address =
        URI.create(server.identityEndpoint() + "?api-version=2019-08-01&resource=" + VAULT);

    assertThat(raw.sendTo(address, "GET", "").statusCode()).isEqualTo(401);
    assertThat(raw.sendTo(address, "GET", "", "X-IDENTITY-HEADER", "guess").statusCode())
        .isEqualTo(401);
    Map<String, String> answer =
        RawVault.flat(
            raw.sendTo(address, "GET", "", "X-IDENTITY-HEADER", server.identityHeader()).body());
    assertThat(answer)
        .containsEntry("resource", VAULT)
        .containsEntry("client_id", application)
        .containsEntry("token_type", "Bearer");
    assertThat(answer.get("expires_on")).matches("[0-9]{10}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resource=" + VAULT,
        "api-version=2019-08-01",
        "api-version=2019-08-01&resource=" + VAULT + "&client_id=somebody-else",
        "api-version=2019-08-01&resource=" + VAULT + "&mi_res_id=/subscriptions/x"
      })
  void appServiceRefuses(String query) throws Exception {
    HttpResponse<String> answer =
        raw.sendTo(
            URI.create(server.identityEndpoint() + "?" + query),
            "GET",
            "",
            "X-IDENTITY-HEADER",
            server.identityHeader());

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(RawVault.flat(answer.body()))
        .containsEntry("statusCode", "400")
        .containsKey("message");
  }

  @Test
  void theMetadataServiceWantsItsHeader_andNoProxy() throws Exception {
    URI address =
        URI.create(
            server.metadataEndpoint()
                + "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
                + VAULT);

    assertThat(RawVault.flat(raw.sendTo(address, "GET", "").body()))
        .containsEntry("error", "bad_request_102");
    assertThat(
            raw.sendTo(address, "GET", "", "Metadata", "true", "X-Forwarded-For", "10.0.0.1")
                .statusCode())
        .isEqualTo(400);
    assertThat(RawVault.flat(raw.sendTo(address, "GET", "", "Metadata", "true").body()))
        .containsKeys("access_token", "expires_in", "expires_on", "not_before");
    assertThat(
            RawVault.flat(
                raw.sendTo(
                        URI.create(address + "&client_id=somebody-else"),
                        "GET",
                        "",
                        "Metadata",
                        "true")
                    .body()))
        .containsEntry("error_description", "Identity not found");
    assertThat(
            RawVault.flat(
                raw.sendTo(
                        URI.create(
                            server.metadataEndpoint()
                                + "/metadata/instance?api-version=2021-02-01"),
                        "GET",
                        "",
                        "Metadata",
                        "true")
                    .body()))
        .containsEntry("compute.azEnvironment", "AzurePublicCloud");
  }

  @Test
  void theAuthorityDescribesItself() throws Exception {
    URI configuration =
        URI.create(
            server.authorityHost()
                + "/"
                + server.tenant()
                + "/v2.0/.well-known/openid-configuration");
    Map<String, String> answer = RawVault.flat(raw.sendTo(configuration, "GET", "").body());
    assertThat(answer.get("token_endpoint"))
        .isEqualTo(server.authorityHost() + "/" + server.tenant() + "/oauth2/v2.0/token");
    assertThat(RawVault.flat(raw.sendTo(URI.create(answer.get("jwks_uri")), "GET", "").body()))
        .containsEntry("keys.0.kty", "RSA");
    assertThat(
            RawVault.flat(
                raw.sendTo(
                        URI.create(
                            server.authorityHost()
                                + "/common/discovery/instance?api-version=1.1"
                                + "&authorization_endpoint=https://any/authorize"),
                        "GET",
                        "")
                    .body()))
        .containsEntry("metadata.0.aliases.0", "127.0.0.1");
    assertThat(
            raw.sendTo(
                    URI.create(
                        server.authorityHost() + "/another/v2.0/.well-known/openid-configuration"),
                    "GET",
                    "")
                .statusCode())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grant_type=password",
        "grant_type=client_credentials&scope=x",
        "grant_type=client_credentials&scope=" + VAULT + "/.default&client_id=nobody",
      })
  void theAuthorityRefuses(String form) throws Exception {
    HttpResponse<String> answer =
        raw.sendTo(
            URI.create(server.authorityHost() + "/" + server.tenant() + "/oauth2/v2.0/token"),
            "POST",
            form);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(RawVault.flat(answer.body()).get("error_description")).startsWith("AADSTS");
  }
}

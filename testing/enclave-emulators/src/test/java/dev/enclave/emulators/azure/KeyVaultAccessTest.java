package dev.enclave.emulators.azure;

import static dev.enclave.emulators.azure.KeyVaultRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.AzureKeyVaultServerBuilder;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.ManualClock;
import dev.enclave.emulators.wire.JournalEntry;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Challenges, tokens, roles, flavours and the certificate. */
class KeyVaultAccessTest {

  private static final String VAULT = "https://vault.azure.net";
  private static final String HSM = "https://managedhsm.azure.net";

  private final ManualClock clock = new ManualClock();
  private AzureKeyVaultServer server = start(AzureKeyVaultServer.builder());

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aRequestWithoutATokenIsChallenged() throws Exception {
    HttpResponse<String> answer = new RawVault(server).send("GET", "/keys", "", new String[0]);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .hasValue(
            "Bearer authorization=\""
                + server.vaultUrl()
                + "/"
                + server.tenant()
                + "\", resource=\"https://vault.azure.net\"");
    assertThat(RawVault.flat(answer.body())).containsEntry("error.code", "Unauthorized");
    assertThat(server.journal().of("Challenge")).hasSize(1);
  }

  @Test
  void aTokenForAnotherResourceIsRefused() throws Exception {
    assertThat(status(VAULT)).isEqualTo(200);
    assertThat(status("https://management.azure.com")).isEqualTo(401);
    assertThat(status(HSM)).isEqualTo(401);
  }

  /**
   * Microsoft's client remembers by host and port, for the whole JVM, what tokens a vault wants.
   */
  @Test
  void aManagedHsmHasAnotherHost_soThatNoPortIsTakenForAVaultsBefore() throws Exception {
    assertThat(server.vaultUrl()).hasHost("127.0.0.1");
    restart(AzureKeyVaultServer.builder().managedHsm().secondRegion("westus", Duration.ZERO));

    assertThat(server.vaultUrl()).hasHost("localhost");
    assertThat(server.secondRegionUrl()).hasHost("localhost");
  }

  @Test
  void aManagedHsmHasItsOwnResource() throws Exception {
    restart(AzureKeyVaultServer.builder().managedHsm());

    assertThat(status(HSM)).isEqualTo(200);
    assertThat(status(VAULT)).isEqualTo(401);
    assertThat(
            new RawVault(server)
                .send("GET", "/keys", "", new String[0])
                .headers()
                .firstValue("WWW-Authenticate")
                .orElseThrow())
        .contains("resource=\"" + HSM + "\"");
  }

  @Test
  void aTokenHasItsTime() throws Exception {
    restart(AzureKeyVaultServer.builder().tokenLifetime(Duration.ofMinutes(10)));
    String token = new RawVault(server).token(VAULT);
    assertThat(statusWith(token)).isEqualTo(200);
    clock.advance(Duration.ofMinutes(10));
    assertThat(statusWith(token)).isEqualTo(401);
    clock.advance(Duration.ofMinutes(-30));
    assertThat(statusWith(token)).isEqualTo(401);
  }

  @Test
  void aTokenOfAnotherTenantIsRefused_asIsOneThatWasChanged() throws Exception {
    String token = new RawVault(server).token(VAULT);
    String changed = token.substring(0, token.length() - 4) + "AAAA";
    assertThat(statusWith(changed)).isEqualTo(401);
    assertThat(statusWith("nonsense")).isEqualTo(401);
    restart(AzureKeyVaultServer.builder().tenant("11111111-2222-3333-4444-555555555555"));

    assertThat(statusWith(token)).isEqualTo(401);
  }

  @Test
  void aTokenIsGoodAtAllVaultsOfItsTenant() throws Exception {
    String token = new RawVault(server).token(VAULT);
    restart(AzureKeyVaultServer.builder());

    assertThat(statusWith(token)).isEqualTo(200);
  }

  @Test
  void aDenialIsAnswered403_andEnds() {
    KeyClient keys = AzureClients.keys(server);
    KeyVaultKey key = keys.createEcKey(new CreateEcKeyOptions("wallet"));
    server.deny(
        new Denial(server.objectId(), "Microsoft.KeyVault/vaults/keys/sign/action", "keys/wallet"));

    assertRefused(() -> sign(key), 403, "Forbidden", "ForbiddenByRbac");
    assertThat(server.journal().of("Sign"))
        .last()
        .extracting(JournalEntry::principal)
        .isEqualTo(java.util.Optional.of(server.objectId()));
    server.clearDenials();
    sign(key);
  }

  @Test
  void aRoleAllowsWhatItSays() throws Exception {
    restart(AzureKeyVaultServer.builder().roles("Key Vault Crypto User"));
    KeyClient keys = AzureClients.keys(server);

    assertRefused(
        () -> keys.createEcKey(new CreateEcKeyOptions("wallet")),
        403,
        "Forbidden",
        "ForbiddenByRbac");
    assertRefused(() -> keys.getKey("wallet"), 404, "KeyNotFound");
    restart(AzureKeyVaultServer.builder().roles("Key Vault Reader", "Key Vault Crypto Officer"));
    assertThat(AzureClients.keys(server).createEcKey(new CreateEcKeyOptions("wallet")).getName())
        .isEqualTo("wallet");
  }

  @Test
  void aRoleDefinitionAllowsItsDataActions_onTheKeysOfItsScope_andNothingElse() {
    KeyClient keys = AzureClients.keys(server);
    keys.createEcKey(new CreateEcKeyOptions("mine"));
    keys.createEcKey(new CreateEcKeyOptions("other"));
    server.roleDefinitions(
        List.of(
            """
            {"Name": "Reader", "Actions": [], "NotDataActions": [],
             "DataActions": ["Microsoft.KeyVault/vaults/keys/read"],
             "AssignableScopes": ["/subscriptions/s/providers/Microsoft.KeyVault/vaults/v/keys/mine"]}
            """));

    assertThat(keys.getKey("mine").getName()).isEqualTo("mine");
    assertRefused(() -> keys.getKey("other"), 403, "Forbidden", "ForbiddenByRbac");
    assertRefused(() -> keys.beginDeleteKey("mine"), 403, "Forbidden", "ForbiddenByRbac");
    server.roleDefinitions(List.of());
    assertThat(keys.getKey("other").getName()).isEqualTo("other");
  }

  @Test
  void aRoleDefinitionThatIsNotEvaluatedIsRefused() {
    assertThatThrownBy(() -> server.roleDefinitions(List.of("{\"Condition\": \"true\"}")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Element Condition");
    assertThatThrownBy(
            () -> server.roleDefinitions(List.of("{\"AssignableScopes\": [\"/subscriptions/s\"]}")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not within a vault");
  }

  @Test
  void anUnknownRoleIsRefused() {
    assertThatThrownBy(() -> AzureKeyVaultServer.builder().roles("Key Vault Wizard"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Key Vault Crypto Officer");
  }

  @Test
  void aStandardVaultHasNoHsmKeys_andAManagedHsmNoOthers() throws Exception {
    restart(AzureKeyVaultServer.builder().standard());
    KeyClient standard = AzureClients.keys(server);
    assertThat(standard.createEcKey(new CreateEcKeyOptions("soft")).getName()).isEqualTo("soft");
    assertRefused(
        () -> standard.createEcKey(new CreateEcKeyOptions("hard").setHardwareProtected(true)),
        400,
        "BadParameter");
    restart(AzureKeyVaultServer.builder().managedHsm());
    KeyClient hsm = AzureClients.keys(server);
    assertThat(
            hsm.createRsaKey(new CreateRsaKeyOptions("hard").setHardwareProtected(true)).getName())
        .isEqualTo("hard");
    assertRefused(() -> hsm.createEcKey(new CreateEcKeyOptions("soft")), 400, "BadParameter");
  }

  @Test
  void aManagedHsmHasRandomBytes_andAVaultHasNone() {
    assertRefused(() -> AzureClients.keys(server).getRandomBytes(16), 400, "NotSupported");
    restart(AzureKeyVaultServer.builder().managedHsm());
    KeyClient hsm = AzureClients.keys(server);

    assertThat(hsm.getRandomBytes(128)).hasSize(128).isNotEqualTo(hsm.getRandomBytes(128));
    assertRefused(() -> hsm.getRandomBytes(129), 400, "BadParameter");
  }

  @Test
  void theCertificateIsForLocalhost_andTrustedByNobodyElse() throws Exception {
    assertThat(server.certificate().getSubjectAlternativeNames())
        .extracting(name -> (Object) name.get(1))
        .containsExactlyInAnyOrder("localhost", "127.0.0.1");
    assertThat(server.certificatePem()).startsWith("-----BEGIN CERTIFICATE-----\n");
    HttpClient stranger = HttpClient.newHttpClient();
    assertThatThrownBy(
            () ->
                stranger.send(
                    HttpRequest.newBuilder(server.vaultUrl()).build(), BodyHandlers.ofString()))
        .isInstanceOf(SSLHandshakeException.class);
  }

  private static void sign(KeyVaultKey key, AzureKeyVaultServer at) {
    AzureClients.cryptography(at, key.getId()).sign(SignatureAlgorithm.ES256, new byte[32]);
  }

  private void sign(KeyVaultKey key) {
    sign(key, server);
  }

  private int status(String resource) throws Exception {
    return statusWith(new RawVault(server).token(resource));
  }

  private int statusWith(String token) throws Exception {
    return new RawVault(server)
        .send("GET", "/keys", "", "Authorization", "Bearer " + token)
        .statusCode();
  }

  private void restart(AzureKeyVaultServerBuilder builder) {
    server.close();
    server = start(builder);
  }

  private AzureKeyVaultServer start(AzureKeyVaultServerBuilder builder) {
    return builder.clock(clock).start();
  }
}

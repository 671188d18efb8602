package dev.enclave.emulators.azure;

import static dev.enclave.emulators.azure.KeyVaultRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.KeyCurveName;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyProperties;
import com.azure.security.keyvault.keys.models.KeyType;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.ManualClock;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyVaultKeysTest {

  private final ManualClock clock = new ManualClock();
  private final AzureKeyVaultServer server =
      AzureKeyVaultServer.builder().clock(clock).mostItemsPerPage(2).start();
  private final KeyClient keys = AzureClients.keys(server);
  private final RawVault raw = new RawVault(server);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void anAnswerHasAllParts() throws Exception {
    HttpResponse<String> answer =
        raw.send(
            "POST",
            "/keys/Wallet/create",
            "{\"kty\":\"EC-HSM\",\"crv\":\"P-256\",\"tags\":{\"env\":\"test\"},"
                + "\"attributes\":{\"enabled\":true,\"exp\":4102444800}}");
    Map<String, String> body = RawVault.flat(answer.body());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(body.get("key.kid")).matches(server.vaultUrl() + "/keys/Wallet/[0-9a-f]{32}");
    assertThat(body)
        .containsEntry("key.kty", "EC-HSM")
        .containsEntry("key.crv", "P-256")
        .containsEntry("key.key_ops.0", "sign")
        .containsEntry("key.key_ops.1", "verify")
        .containsKeys("key.x", "key.y")
        .containsEntry("attributes.enabled", "true")
        .containsEntry("attributes.exp", "4102444800")
        .containsEntry("attributes.recoveryLevel", "Recoverable+Purgeable")
        .containsEntry("attributes.recoverableDays", "90")
        .containsEntry("attributes.exportable", "false")
        .containsEntry("attributes.hsmPlatform", "2")
        .containsEntry("tags.env", "test");
    assertThat(body.get("attributes.created"))
        .isEqualTo(body.get("attributes.updated"))
        .matches("[0-9]{10}");
    assertThat(answer.headers().firstValue("x-ms-keyvault-region")).hasValue("westeurope");
    assertThat(server.journal().byRequestId(answer.headers().firstValue("x-ms-request-id").get()))
        .isPresent();
  }

  @Test
  void repeatsTheClientsRequestId() throws Exception {
    HttpResponse<String> answer =
        raw.send("GET", "/keys", "", "x-ms-client-request-id", "mine", "Authorization", "Bearer x");

    assertThat(answer.headers().firstValue("x-ms-client-request-id")).hasValue("mine");
  }

  @Test
  void hsmPlatformIsNotInOlderVersionsOfTheProtocol() throws Exception {
    keys.createEcKey(new CreateEcKeyOptions("soft"));
    String bearer = "Bearer " + raw.token("https://vault.azure.net");
    String older =
        raw.sendTo(
                java.net.URI.create(server.vaultUrl() + "/keys/soft?api-version=7.4"),
                "GET",
                "",
                "Authorization",
                bearer)
            .body();

    assertThat(RawVault.flat(older)).doesNotContainKey("attributes.hsmPlatform");
    assertThat(keys.getKey("soft").getProperties().getHsmPlatform()).isEqualTo("0");
  }

  @Test
  void refusesToGuessTheVersionOfTheProtocol() throws Exception {
    String bearer = "Bearer " + raw.token("https://vault.azure.net");
    for (String query : List.of("", "?api-version=", "?api-version=2.0")) {
      HttpResponse<String> answer =
          raw.sendTo(
              java.net.URI.create(server.vaultUrl() + "/keys" + query),
              "GET",
              "",
              "Authorization",
              bearer);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(RawVault.flat(answer.body())).containsEntry("error.code", "BadParameter");
    }
  }

  @Test
  void createUnderAnExistingName_makesAVersion() {
    KeyVaultKey first = ec("wallet");
    clock.advance(Duration.ofSeconds(2));
    KeyVaultKey second = ec("WALLET");

    assertThat(second.getName()).isEqualTo("wallet");
    assertThat(keys.getKey("Wallet").getId()).isEqualTo(second.getId());
    assertThat(keys.getKey("wallet", first.getProperties().getVersion()).getId())
        .isEqualTo(first.getId());
    assertThat(keys.listPropertiesOfKeyVersions("wallet").stream().map(KeyProperties::getId))
        .containsExactlyInAnyOrder(first.getId(), second.getId());
    assertThat(second.getProperties().getCreatedOn()).isAfter(first.getProperties().getCreatedOn());
  }

  @Test
  void listsInPages_andNamesTheNext() throws Exception {
    TreeSet<String> made = new TreeSet<>();
    for (int i = 0; i < 5; i++) {
      made.add(ec("key-" + i).getName());
      ec("versions");
    }

    assertThat(keys.listPropertiesOfKeys().stream().map(KeyProperties::getName))
        .containsAll(made)
        .hasSize(6);
    assertThat(keys.listPropertiesOfKeyVersions("versions").stream()).hasSize(5);
    assertThat(server.journal().of("GetKeys")).hasSize(3);
    Map<String, String> one = RawVault.flat(raw.send("GET", "/keys?maxresults=1", "").body());
    assertThat(one.keySet()).filteredOn(name -> name.endsWith("kid")).hasSize(1);
    assertThat(one.get("value.0.kid")).isEqualTo(server.vaultUrl() + "/keys/key-0");
    assertThat(one.get("nextLink")).startsWith(server.vaultUrl() + "/keys?");
    assertThat(raw.send("GET", "/keys?maxresults=26", "").statusCode()).isEqualTo(400);
    assertThat(raw.send("GET", "/keys?maxresults=0", "").statusCode()).isEqualTo(400);
    assertThat(raw.send("GET", "/keys?$skiptoken=x", "").statusCode()).isEqualTo(400);
  }

  @Test
  void updatesAttributesOperationsAndTags() {
    KeyVaultKey key = ec("wallet");
    clock.advance(Duration.ofSeconds(5));
    KeyProperties properties = key.getProperties();
    OffsetDateTime end = OffsetDateTime.parse("2099-01-01T00:00:00Z");
    properties.setEnabled(false).setExpiresOn(end).setTags(Map.of("a", "b"));
    KeyVaultKey updated = keys.updateKeyProperties(properties, KeyOperation.VERIFY);

    assertThat(updated.getProperties().isEnabled()).isFalse();
    assertThat(updated.getProperties().getExpiresOn()).isEqualTo(end);
    assertThat(updated.getProperties().getTags()).containsOnly(Map.entry("a", "b"));
    assertThat(updated.getKeyOperations()).containsExactly(KeyOperation.VERIFY);
    assertThat(updated.getProperties().getUpdatedOn())
        .isAfter(updated.getProperties().getCreatedOn());
    assertThat(updated.getId()).isEqualTo(key.getId());
  }

  @Test
  void anEmptyListOfOperationsIsTakenAtItsWord() throws Exception {
    ec("wallet");

    assertThat(RawVault.flat(raw.send("PATCH", "/keys/wallet", "{}").body()))
        .containsEntry("key.key_ops.0", "sign");
    assertThat(RawVault.flat(raw.send("PATCH", "/keys/wallet", "{\"key_ops\":[]}").body()))
        .doesNotContainKey("key.key_ops.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"under_score", "dot.ted", "with%20blank"})
  void refusesNames_thatAreNone(String name) throws Exception {
    HttpResponse<String> answer = raw.send("POST", "/keys/" + name + "/create", "{\"kty\":\"EC\"}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(RawVault.flat(answer.body())).containsEntry("error.code", "BadParameter");
  }

  @Test
  void takesNamesOf127Characters_andNoLongerOnes() throws Exception {
    assertThat(
            raw.send("POST", "/keys/" + "a".repeat(127) + "/create", "{\"kty\":\"EC\"}")
                .statusCode())
        .isEqualTo(200);
    assertThat(
            raw.send("POST", "/keys/" + "a".repeat(128) + "/create", "{\"kty\":\"EC\"}")
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void answersKeyNotFound_whereNoneIs() {
    ec("wallet");

    assertRefused(() -> keys.getKey("nobody"), 404, "KeyNotFound");
    assertRefused(() -> keys.getKey("wallet", "0".repeat(32)), 404, "KeyNotFound");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"kty\":\"OKP\"}",
        "{\"kty\":7}",
        "{\"kty\":\"oct-HSM\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-192\"}",
        "{\"kty\":\"EC\",\"key_ops\":[\"encrypt\"]}",
        "{\"kty\":\"EC\",\"key_ops\":\"sign\"}",
        "{\"kty\":\"RSA\",\"key_size\":1024}",
        "{\"kty\":\"RSA\",\"key_size\":2048.5}",
        "{\"kty\":\"RSA\",\"key_ops\":[\"import\"]}",
        "{\"kty\":\"RSA-HSM\",\"key_ops\":[\"import\",\"sign\"]}",
        "{\"kty\":\"EC\",\"attributes\":{\"exportable\":true}}",
        "{\"kty\":\"EC\",\"attributes\":{\"nbf\":20,\"exp\":10}}",
        "{\"kty\":\"EC\",\"tags\":{\"a\":1}}",
        "[]"
      })
  void refusesToCreate_whatCannotBe(String body) throws Exception {
    HttpResponse<String> answer = raw.send("POST", "/keys/wallet/create", body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(RawVault.flat(answer.body())).containsEntry("error.code", "BadParameter");
  }

  @Test
  void limitsTags() {
    Map<String, String> tags = new HashMap<>();
    for (int i = 0; i < 15; i++) {
      tags.put(i + "n".repeat(510), "v".repeat(256));
    }
    assertThat(tagged(tags).getProperties().getTags()).isEqualTo(tags);
    tags.put("one more", "");
    assertRefused(() -> tagged(tags), 400, "BadParameter");
    assertRefused(() -> tagged(Map.of("n".repeat(513), "")), 400, "BadParameter");
    assertRefused(() -> tagged(Map.of("n", "v".repeat(257))), 400, "BadParameter");
  }

  @Test
  void answersNotFound_whereNoOperationIs() throws Exception {
    assertThat(raw.send("GET", "/secrets/x", "").statusCode()).isEqualTo(404);
    assertThat(raw.send("POST", "/keys/x/y/frobnicate", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void takesAnotherMethodByItsHeader() throws Exception {
    ec("wallet");
    HttpResponse<String> deleted =
        raw.send(
            "POST",
            "/keys/wallet",
            "{}",
            "X-HTTP-METHOD",
            "DELETE",
            "Authorization",
            "Bearer " + raw.token("https://vault.azure.net"));

    assertThat(deleted.statusCode()).isEqualTo(200);
    assertRefused(() -> keys.getKey("wallet"), 404, "KeyNotFound");
  }

  @Test
  void aVaultWithMoreCapacityShowsWhatIsNewLater() {
    try (AzureKeyVaultServer busy =
        AzureKeyVaultServer.builder()
            .clock(clock)
            .eventualConsistency(Duration.ofSeconds(60))
            .start()) {
      KeyClient client = AzureClients.keys(busy);
      KeyVaultKey first = client.createEcKey(new CreateEcKeyOptions("wallet"));
      assertRefused(() -> client.getKey("wallet"), 404, "KeyNotFound");
      clock.advance(Duration.ofSeconds(60));
      assertThat(client.getKey("wallet").getId()).isEqualTo(first.getId());
      KeyVaultKey second = client.createEcKey(new CreateEcKeyOptions("wallet"));
      assertThat(client.getKey("wallet").getId()).isEqualTo(first.getId());
      clock.advance(Duration.ofSeconds(60));
      assertThat(client.getKey("wallet").getId()).isEqualTo(second.getId());
    }
  }

  @Test
  void makesRsaKeysOfTheServedSizes() {
    KeyVaultKey key =
        keys.createRsaKey(
            new CreateRsaKeyOptions("rsa").setKeySize(3072).setHardwareProtected(true));

    assertThat(key.getKeyType()).isEqualTo(KeyType.RSA_HSM);
    assertThat(key.getKey().getN()).hasSize(384);
    assertThat(key.getKeyOperations())
        .containsExactly(
            KeyOperation.ENCRYPT,
            KeyOperation.DECRYPT,
            KeyOperation.SIGN,
            KeyOperation.VERIFY,
            KeyOperation.WRAP_KEY,
            KeyOperation.UNWRAP_KEY);
  }

  private KeyVaultKey ec(String name) {
    return keys.createEcKey(
        new CreateEcKeyOptions(name).setCurveName(KeyCurveName.P_256).setHardwareProtected(true));
  }

  private KeyVaultKey tagged(Map<String, String> tags) {
    return keys.createEcKey(new CreateEcKeyOptions("tagged").setTags(tags));
  }
}

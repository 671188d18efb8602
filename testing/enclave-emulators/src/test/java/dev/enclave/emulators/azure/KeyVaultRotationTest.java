package dev.enclave.emulators.azure;

import static dev.enclave.emulators.azure.KeyVaultRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.JsonWebKey;
import com.azure.security.keyvault.keys.models.KeyProperties;
import com.azure.security.keyvault.keys.models.KeyRotationLifetimeAction;
import com.azure.security.keyvault.keys.models.KeyRotationPolicy;
import com.azure.security.keyvault.keys.models.KeyRotationPolicyAction;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.ManualClock;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** New versions on demand and by policy, which acts as the server's clock moves. */
class KeyVaultRotationTest {

  private final ManualClock clock = new ManualClock();
  private final AzureKeyVaultServer server =
      AzureKeyVaultServer.builder().clock(clock).anyTokenTime().start();
  private final KeyClient keys = AzureClients.keys(server);
  private final RawVault raw = new RawVault(server);
  private final KeyVaultKey first =
      keys.createEcKey(
          new CreateEcKeyOptions("wallet")
              .setHardwareProtected(true)
              .setTags(Map.of("env", "test")));

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void rotatingMakesAVersionOfTheSameKind_withTheSameTags() {
    KeyVaultKey second = keys.rotateKey("wallet");

    assertThat(second.getId()).isNotEqualTo(first.getId());
    assertThat(second.getKeyType()).isEqualTo(first.getKeyType());
    assertThat(second.getKey().getCurveName()).isEqualTo(first.getKey().getCurveName());
    assertThat(second.getKey().getX()).isNotEqualTo(first.getKey().getX());
    assertThat(second.getProperties().getTags()).containsOnly(Map.entry("env", "test"));
    assertThat(keys.getKey("wallet").getId()).isEqualTo(second.getId());
  }

  @Test
  void thePolicyIsRead_asItWasSet() {
    assertThat(keys.getKeyRotationPolicy("wallet").getLifetimeActions())
        .extracting(KeyRotationLifetimeAction::getAction)
        .containsExactly(KeyRotationPolicyAction.NOTIFY);
    keys.updateKeyRotationPolicy("wallet", rotatingAfter("P10D").setExpiresIn("P90D"));
    KeyRotationPolicy policy = keys.getKeyRotationPolicy("wallet");

    assertThat(policy.getId()).isEqualTo(server.vaultUrl() + "/keys/wallet/rotationpolicy");
    assertThat(policy.getExpiresIn()).isEqualTo("P90D");
    assertThat(policy.getLifetimeActions())
        .singleElement()
        .satisfies(action -> assertThat(action.getTimeAfterCreate()).isEqualTo("P10D"));
    assertThat(policy.getCreatedOn()).isNotNull().isEqualTo(policy.getUpdatedOn());
  }

  @Test
  void thePolicyActs_whenItsTimeHasCome() {
    keys.updateKeyRotationPolicy("wallet", rotatingAfter("P7D").setExpiresIn("P30D"));
    clock.advance(Duration.ofDays(7).minusMinutes(1));
    assertThat(keys.getKey("wallet").getId()).isEqualTo(first.getId());
    clock.advance(Duration.ofMinutes(1));
    KeyVaultKey second = keys.getKey("wallet");

    assertThat(second.getId()).isNotEqualTo(first.getId());
    assertThat(
            Duration.between(
                second.getProperties().getCreatedOn(), second.getProperties().getExpiresOn()))
        .isEqualTo(Duration.ofDays(30));
    assertThat(
            Duration.between(
                first.getProperties().getCreatedOn(), second.getProperties().getCreatedOn()))
        .isEqualTo(Duration.ofDays(7));
    clock.advance(Duration.ofDays(21));
    assertThat(keys.listPropertiesOfKeyVersions("wallet").stream()).hasSize(5);
  }

  @Test
  void thePolicyActs_beforeAVersionExpires() {
    KeyProperties properties = first.getProperties();
    keys.updateKeyRotationPolicy(
        "wallet",
        new KeyRotationPolicy()
            .setExpiresIn("P60D")
            .setLifetimeActions(
                List.of(
                    new KeyRotationLifetimeAction(KeyRotationPolicyAction.ROTATE)
                        .setTimeBeforeExpiry("P10D"))));
    clock.advance(Duration.ofDays(40));
    assertThat(keys.getKey("wallet").getId()).isEqualTo(first.getId());
    keys.updateKeyProperties(properties.setExpiresOn(properties.getCreatedOn().plusDays(50)));
    KeyVaultKey second = keys.getKey("wallet");

    assertThat(second.getId()).isNotEqualTo(first.getId());
    assertThat(
            Duration.between(
                second.getProperties().getCreatedOn(), second.getProperties().getExpiresOn()))
        .isEqualTo(Duration.ofDays(60));
  }

  @Test
  void aDisabledVersionIsNotRotated() {
    keys.updateKeyRotationPolicy("wallet", rotatingAfter("P7D"));
    keys.updateKeyProperties(first.getProperties().setEnabled(false));
    clock.advance(Duration.ofDays(30));

    assertThat(keys.getKey("wallet").getId()).isEqualTo(first.getId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"P6D", "PT167H", "P1Q", "7"})
  void rotationIsNoMoreOftenThanEverySevenDays(String period) {
    assertRefused(
        () -> keys.updateKeyRotationPolicy("wallet", rotatingAfter(period)), 400, "BadParameter");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"attributes\":{\"expiryTime\":\"P27D\"}}",
        "{\"lifetimeActions\":[{\"trigger\":{},\"action\":{\"type\":\"Rotate\"}}]}",
        "{\"lifetimeActions\":[{\"trigger\":{\"timeBeforeExpiry\":\"P9D\"},"
            + "\"action\":{\"type\":\"rotate\"}}]}",
        "{\"lifetimeActions\":[{\"trigger\":{\"timeAfterCreate\":\"P9D\"},"
            + "\"action\":{\"type\":\"Notify\"}}]}",
        "{\"lifetimeActions\":[{\"trigger\":{\"timeAfterCreate\":\"P9D\"},"
            + "\"action\":{\"type\":\"Explode\"}}]}",
        "{\"lifetimeActions\":[{\"trigger\":{\"timeAfterCreate\":\"P9D\"},"
            + "\"action\":{\"type\":\"Rotate\"}},{\"trigger\":{\"timeAfterCreate\":\"P8D\"},"
            + "\"action\":{\"type\":\"Rotate\"}}]}"
      })
  void refusesPolicies_thatMakeNoSense(String policy) throws Exception {
    assertThat(raw.send("PUT", "/keys/wallet/rotationpolicy", policy).statusCode()).isEqualTo(400);
  }

  @Test
  void anImportedKeyIsNotRotated() throws Exception {
    keys.importKey(
        "imported",
        JsonWebKey.fromEc(
            KeyPairGenerator.getInstance("EC", "SunEC").generateKeyPair(),
            new BouncyCastleProvider()));

    assertRefused(
        () -> keys.updateKeyRotationPolicy("imported", rotatingAfter("P90D")), 400, "BadParameter");
    assertRefused(() -> keys.rotateKey("imported"), 400, "BadParameter");
  }

  @Test
  void aKeyComesBackFromItsBackup_withAllVersions_intoItsVault() {
    KeyVaultKey second = keys.rotateKey("wallet");
    byte[] backup = keys.backupKey("wallet");
    assertRefused(() -> keys.restoreKeyBackup(backup), 409, "Conflict");
    keys.beginDeleteKey("wallet").poll();
    assertRefused(
        () -> keys.restoreKeyBackup(backup), 409, "Conflict", "ObjectIsDeletedButRecoverable");
    keys.purgeDeletedKey("wallet");

    assertThat(keys.restoreKeyBackup(backup).getId()).isEqualTo(second.getId());
    assertThat(keys.getKey("wallet", first.getProperties().getVersion()).getId())
        .isEqualTo(first.getId());
    try (AzureKeyVaultServer other = AzureKeyVaultServer.builder().start()) {
      KeyClient elsewhere = AzureClients.keys(other);
      assertRefused(() -> elsewhere.restoreKeyBackup(backup), 400, "BadParameter");
    }
  }

  @Test
  void releasesNoKey() throws Exception {
    assertThat(
            raw.send(
                    "POST",
                    "/keys/wallet/" + first.getProperties().getVersion() + "/release",
                    "{\"target\":\"x\"}")
                .statusCode())
        .isEqualTo(403);
  }

  private static KeyRotationPolicy rotatingAfter(String period) {
    return new KeyRotationPolicy()
        .setLifetimeActions(
            List.of(
                new KeyRotationLifetimeAction(KeyRotationPolicyAction.ROTATE)
                    .setTimeAfterCreate(period)));
  }
}

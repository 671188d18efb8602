package dev.enclave.emulators.azure;

import static dev.enclave.emulators.azure.KeyVaultRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.polling.SyncPoller;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.DeletedKey;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.AzureKeyVaultServerBuilder;
import dev.enclave.emulators.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Soft delete, recovery and purging. */
class KeyVaultDeletionTest {

  private final ManualClock clock = new ManualClock();
  private AzureKeyVaultServer server = start(AzureKeyVaultServer.builder());
  private KeyClient keys = AzureClients.keys(server);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aDeletedKeyIsGone_butRemembered() {
    KeyVaultKey key = create();
    DeletedKey deleted = delete();

    assertThat(deleted.getId()).isEqualTo(key.getId());
    assertThat(deleted.getRecoveryId()).isEqualTo(server.vaultUrl() + "/deletedkeys/wallet");
    assertThat(Duration.between(deleted.getDeletedOn(), deleted.getScheduledPurgeDate()))
        .isEqualTo(Duration.ofDays(90));
    assertRefused(() -> keys.getKey("wallet"), 404, "KeyNotFound");
    assertThat(keys.getDeletedKey("WALLET").getId()).isEqualTo(key.getId());
    assertThat(keys.listDeletedKeys().stream().map(DeletedKey::getName)).containsExactly("wallet");
    assertThat(keys.listPropertiesOfKeys()).isEmpty();
  }

  @Test
  void itsNameStaysTaken() {
    create();
    delete();

    assertRefused(this::create, 409, "Conflict", "ObjectIsDeletedButRecoverable");
  }

  @Test
  void itIsRecovered_withAllVersions() {
    KeyVaultKey first = create();
    KeyVaultKey second = create();
    delete();
    SyncPoller<KeyVaultKey, Void> recovery = keys.beginRecoverDeletedKey("wallet");
    recovery.waitForCompletion();

    assertThat(keys.getKey("wallet").getId()).isEqualTo(second.getId());
    assertThat(keys.getKey("wallet", first.getProperties().getVersion()).getId())
        .isEqualTo(first.getId());
    assertRefused(() -> keys.getDeletedKey("wallet"), 404, "KeyNotFound");
  }

  @Test
  void onceItIsPurged_itsNameIsFree() {
    create();
    delete();
    keys.purgeDeletedKey("wallet");

    assertRefused(() -> keys.getDeletedKey("wallet"), 404, "KeyNotFound");
    assertThat(create().getName()).isEqualTo("wallet");
  }

  @Test
  void itIsPurgedByItself_atTheEndOfItsTime() {
    restart(AzureKeyVaultServer.builder().retentionDays(7).anyTokenTime());
    assertThat(create().getProperties().getRecoveryLevel())
        .isEqualTo("CustomizedRecoverable+Purgeable");
    delete();
    clock.advance(Duration.ofDays(7).minusMinutes(1));
    assertThat(keys.getDeletedKey("wallet").getName()).isEqualTo("wallet");
    clock.advance(Duration.ofMinutes(1));

    assertRefused(() -> keys.getDeletedKey("wallet"), 404, "KeyNotFound");
  }

  @Test
  void protectedFromPurging_itStays() {
    restart(AzureKeyVaultServer.builder().purgeProtection());
    assertThat(create().getProperties().getRecoveryLevel()).isEqualTo("Recoverable");
    delete();

    assertRefused(() -> keys.purgeDeletedKey("wallet"), 403, "Forbidden");
    assertThat(keys.getDeletedKey("wallet").getName()).isEqualTo("wallet");
  }

  @Test
  void deletingAndRecoveringTakeTheirTime() {
    restart(AzureKeyVaultServer.builder().eventualDeletion(Duration.ofSeconds(30)));
    create();
    keys.beginDeleteKey("wallet").poll();
    assertRefused(() -> keys.getKey("wallet"), 404, "KeyNotFound");
    assertRefused(() -> keys.getDeletedKey("wallet"), 404, "KeyNotFound");
    assertRefused(this::create, 409, "Conflict", "ObjectIsBeingDeleted");
    clock.advance(Duration.ofSeconds(30));
    assertThat(keys.getDeletedKey("wallet").getName()).isEqualTo("wallet");

    keys.beginRecoverDeletedKey("wallet").poll();
    assertRefused(() -> keys.getKey("wallet"), 404, "KeyNotFound");
    assertRefused(this::create, 409, "Conflict", "ObjectIsBeingRecovered");
    clock.advance(Duration.ofSeconds(30));
    assertThat(keys.getKey("wallet").getName()).isEqualTo("wallet");
  }

  private KeyVaultKey create() {
    return keys.createEcKey(new CreateEcKeyOptions("wallet").setHardwareProtected(true));
  }

  private DeletedKey delete() {
    SyncPoller<DeletedKey, Void> deletion = keys.beginDeleteKey("wallet");
    DeletedKey deleted = deletion.poll().getValue();
    return deleted;
  }

  private void restart(AzureKeyVaultServerBuilder builder) {
    server.close();
    server = start(builder);
    keys = AzureClients.keys(server);
  }

  private AzureKeyVaultServer start(AzureKeyVaultServerBuilder builder) {
    return builder.clock(clock).start();
  }
}

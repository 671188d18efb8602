package dev.enclave.emulators.azure;

import static dev.enclave.emulators.azure.KeyVaultRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.cryptography.CryptographyClient;
import com.azure.security.keyvault.keys.cryptography.models.EncryptionAlgorithm;
import com.azure.security.keyvault.keys.cryptography.models.KeyWrapAlgorithm;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyProperties;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.ManualClock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Disabled, expired, not yet valid, or not made for that. */
class KeyVaultUsageTest {

  private static final byte[] DIGEST = new byte[32];

  private final ManualClock clock = new ManualClock();
  private final AzureKeyVaultServer server = AzureKeyVaultServer.builder().clock(clock).start();
  private final KeyClient keys = AzureClients.keys(server);
  private final OffsetDateTime now =
      clock.instant().truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC);
  private final KeyVaultKey key = keys.createRsaKey(new CreateRsaKeyOptions("wallet"));
  private final CryptographyClient client = AzureClients.cryptography(server, key.getId());

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aDisabledVersionDoesNothing_untilItIsEnabledAgain() {
    KeyProperties properties = key.getProperties();
    update(properties.setEnabled(false));

    assertRefused(this::sign, 403, "Forbidden", "KeyDisabled");
    assertRefused(() -> verify(new byte[256]), 403, "Forbidden", "KeyDisabled");
    assertThat(keys.getKey("wallet").getProperties().isEnabled()).isFalse();
    update(properties.setEnabled(true));
    assertThat(sign()).hasSize(256);
  }

  @Test
  void anExpiredKeyVerifiesDecryptsAndUnwraps_andNoMore() {
    byte[] signature = sign();
    byte[] ciphertext = client.encrypt(EncryptionAlgorithm.RSA_OAEP_256, DIGEST).getCipherText();
    update(key.getProperties().setExpiresOn(now.plusMinutes(1)));
    assertThat(sign()).hasSize(256);
    clock.advance(Duration.ofMinutes(1));

    assertRefused(this::sign, 403, "Forbidden", "KeyExpired");
    assertRefused(
        () -> client.encrypt(EncryptionAlgorithm.RSA_OAEP_256, DIGEST),
        403,
        "Forbidden",
        "KeyExpired");
    assertRefused(
        () -> client.wrapKey(KeyWrapAlgorithm.RSA_OAEP_256, DIGEST),
        403,
        "Forbidden",
        "KeyExpired");
    assertThat(verify(signature)).isTrue();
    assertThat(client.decrypt(EncryptionAlgorithm.RSA_OAEP_256, ciphertext).getPlainText())
        .isEqualTo(DIGEST);
    assertThat(client.unwrapKey(KeyWrapAlgorithm.RSA_OAEP_256, ciphertext).getKey())
        .isEqualTo(DIGEST);
  }

  @Test
  void aKeyThatIsNotYetValidVerifies_andDoesNotSign() {
    byte[] signature = sign();
    update(key.getProperties().setNotBefore(now.plusMinutes(1)));

    assertRefused(this::sign, 403, "Forbidden", "KeyNotYetValid");
    assertThat(verify(signature)).isTrue();
    clock.advance(Duration.ofMinutes(1));
    assertThat(sign()).hasSize(256);
  }

  @Test
  void aKeyDoesNothing_thatItsOperationsDoNotName() {
    KeyVaultKey verifier =
        keys.createRsaKey(
            new CreateRsaKeyOptions("verifier").setKeyOperations(KeyOperation.VERIFY));
    CryptographyClient only = AzureClients.cryptography(server, verifier.getId());

    assertRefused(
        () -> only.sign(SignatureAlgorithm.RS256, DIGEST),
        403,
        "Forbidden",
        "KeyOperationForbidden");
    assertThat(only.verify(SignatureAlgorithm.RS256, DIGEST, new byte[256]).isValid()).isFalse();
  }

  private void update(KeyProperties properties) {
    keys.updateKeyProperties(properties, key.getKeyOperations().toArray(new KeyOperation[0]));
  }

  private byte[] sign() {
    return client.sign(SignatureAlgorithm.RS256, DIGEST).getSignature();
  }

  private boolean verify(byte[] signature) {
    return client.verify(SignatureAlgorithm.RS256, DIGEST, signature).isValid();
  }
}

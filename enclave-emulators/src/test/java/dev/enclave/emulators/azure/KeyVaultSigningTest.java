package dev.enclave.emulators.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.cryptography.CryptographyClient;
import com.azure.security.keyvault.keys.cryptography.models.SignatureAlgorithm;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.KeyCurveName;
import com.azure.security.keyvault.keys.models.KeyProperties;
import com.azure.security.keyvault.keys.models.KeyType;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyVaultSigningTest {

  private final AzureKeyVaultServer server = AzureKeyVaultServer.builder().start();
  private final KeyClient keys = AzureClients.keys(server);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void createsReadsAndSigns_withATokenOfTheManagedIdentity() throws Exception {
    KeyVaultKey created =
        keys.createEcKey(
            new CreateEcKeyOptions("wallet")
                .setCurveName(KeyCurveName.P_256)
                .setHardwareProtected(true));
    assertThat(created.getKeyType()).isEqualTo(KeyType.EC_HSM);
    KeyVaultKey read = keys.getKey("WALLET");
    assertThat(read.getId()).isEqualTo(created.getId());
    List<KeyProperties> versions = keys.listPropertiesOfKeyVersions("wallet").stream().toList();
    assertThat(versions).extracting(KeyProperties::getId).containsExactly(created.getId());

    byte[] message = "pay".getBytes(StandardCharsets.UTF_8);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(message);
    CryptographyClient client = AzureClients.cryptography(server, created.getId());
    byte[] signature = client.sign(SignatureAlgorithm.ES256, digest).getSignature();

    Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
    verifier.initVerify(created.getKey().toEc().getPublic());
    verifier.update(message);
    assertThat(verifier.verify(signature)).isTrue();
  }
}

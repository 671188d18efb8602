package dev.enclave.emulators.azure;

import static dev.enclave.emulators.azure.KeyVaultRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.cryptography.CryptographyClient;
import com.azure.security.keyvault.keys.cryptography.models.DecryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.EncryptParameters;
import com.azure.security.keyvault.keys.cryptography.models.EncryptResult;
import com.azure.security.keyvault.keys.cryptography.models.EncryptionAlgorithm;
import com.azure.security.keyvault.keys.cryptography.models.KeyWrapAlgorithm;
import com.azure.security.keyvault.keys.models.CreateOctKeyOptions;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.ImportKeyOptions;
import com.azure.security.keyvault.keys.models.JsonWebKey;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyType;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import java.nio.charset.StandardCharsets;
import java.security.spec.MGF1ParameterSpec;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RSA in a vault, AES in a managed HSM; the other side of each is the JDK's or Bouncy Castle's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyVaultEncryptionTest {

  private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] AES_KEY =
      "fedcba9876543210fedcba9876543210".getBytes(StandardCharsets.US_ASCII);
  private static final BouncyCastleProvider BC = new BouncyCastleProvider();

  private AzureKeyVaultServer vault;
  private AzureKeyVaultServer hsm;
  private KeyVaultKey rsa;
  private CryptographyClient rsaClient;
  private CryptographyClient aesClient;

  @BeforeAll
  void start() {
    vault = AzureKeyVaultServer.builder().start();
    rsa =
        AzureClients.keys(vault)
            .createRsaKey(new CreateRsaKeyOptions("rsa").setHardwareProtected(true));
    rsaClient = AzureClients.cryptography(vault, rsa.getId());
    hsm = AzureKeyVaultServer.builder().managedHsm().start();
    KeyVaultKey aes =
        AzureClients.keys(hsm)
            .importKey(
                new ImportKeyOptions(
                        "aes",
                        JsonWebKey.fromAes(
                            new SecretKeySpec(AES_KEY, "AES"),
                            List.of(
                                KeyOperation.ENCRYPT,
                                KeyOperation.DECRYPT,
                                KeyOperation.WRAP_KEY,
                                KeyOperation.UNWRAP_KEY)))
                    .setHardwareProtected(true));
    aesClient = AzureClients.cryptography(hsm, aes.getId());
  }

  @AfterAll
  void stop() {
    vault.close();
    hsm.close();
  }

  @ParameterizedTest
  @CsvSource({"RSA-OAEP, SHA-1", "RSA-OAEP-256, SHA-256"})
  void oaepIsTheJdks_bothWays(String algorithm, String hash) throws Exception {
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        rsa.getKey().toRsa().getPublic(),
        new OAEPParameterSpec(
            hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT));
    byte[] ciphertext = cipher.doFinal(SECRET);

    assertThat(
            rsaClient.decrypt(EncryptionAlgorithm.fromString(algorithm), ciphertext).getPlainText())
        .isEqualTo(SECRET);
    assertThat(rsaClient.unwrapKey(KeyWrapAlgorithm.fromString(algorithm), ciphertext).getKey())
        .isEqualTo(SECRET);
    byte[] wrapped =
        rsaClient.wrapKey(KeyWrapAlgorithm.fromString(algorithm), SECRET).getEncryptedKey();
    byte[] encrypted =
        rsaClient.encrypt(EncryptionAlgorithm.fromString(algorithm), SECRET).getCipherText();
    assertThat(rsaClient.decrypt(EncryptionAlgorithm.fromString(algorithm), wrapped).getPlainText())
        .isEqualTo(SECRET);
    assertThat(rsaClient.unwrapKey(KeyWrapAlgorithm.fromString(algorithm), encrypted).getKey())
        .isEqualTo(SECRET);
  }

  @Test
  void pkcs1IsTheJdks() throws Exception {
    Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, rsa.getKey().toRsa().getPublic());

    assertThat(rsaClient.decrypt(EncryptionAlgorithm.RSA1_5, cipher.doFinal(SECRET)).getPlainText())
        .isEqualTo(SECRET);
    byte[] encrypted = rsaClient.encrypt(EncryptionAlgorithm.RSA1_5, SECRET).getCipherText();
    assertThat(rsaClient.unwrapKey(KeyWrapAlgorithm.RSA1_5, encrypted).getKey()).isEqualTo(SECRET);
  }

  @Test
  void refusesWhatDoesNotFitOrIsNoCiphertext() {
    assertRefused(
        () -> rsaClient.encrypt(EncryptionAlgorithm.RSA_OAEP_256, new byte[191]),
        400,
        "BadParameter");
    assertThat(rsaClient.encrypt(EncryptionAlgorithm.RSA_OAEP_256, new byte[190]).getCipherText())
        .hasSize(256);
    assertRefused(
        () -> rsaClient.decrypt(EncryptionAlgorithm.RSA_OAEP, new byte[256]), 400, "BadParameter");
    assertRefused(
        () -> rsaClient.decrypt(EncryptionAlgorithm.RSA_OAEP, new byte[3]), 400, "BadParameter");
    assertRefused(() -> rsaClient.wrapKey(KeyWrapAlgorithm.A256KW, SECRET), 400, "BadParameter");
    assertRefused(
        () -> aesClient.unwrapKey(KeyWrapAlgorithm.A256KW, new byte[24]), 400, "BadParameter");
    assertRefused(() -> aesClient.wrapKey(KeyWrapAlgorithm.A128KW, SECRET), 400, "BadParameter");
    assertRefused(() -> aesClient.wrapKey(KeyWrapAlgorithm.RSA_OAEP, SECRET), 400, "BadParameter");
  }

  @Test
  void aesKeyWrapIsBouncyCastles() throws Exception {
    byte[] wrapped = aesClient.wrapKey(KeyWrapAlgorithm.A256KW, SECRET).getEncryptedKey();
    Cipher cipher = Cipher.getInstance("AESWrap", BC);
    cipher.init(Cipher.UNWRAP_MODE, new SecretKeySpec(AES_KEY, "AES"));

    assertThat(cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded()).isEqualTo(SECRET);
    assertThat(aesClient.unwrapKey(KeyWrapAlgorithm.A256KW, wrapped).getKey()).isEqualTo(SECRET);
  }

  @Test
  void aesGcmIsTheJdks_withANonceOfTheHsms() throws Exception {
    byte[] additional = {1, 2, 3};
    EncryptResult encrypted =
        aesClient.encrypt(EncryptParameters.createA256GcmParameters(SECRET, additional), null);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(AES_KEY, "AES"),
        new GCMParameterSpec(128, encrypted.getIv()));
    cipher.updateAAD(additional);
    cipher.update(encrypted.getCipherText());
    assertThat(cipher.doFinal(encrypted.getAuthenticationTag())).isEqualTo(SECRET);

    byte[] tag = encrypted.getAuthenticationTag();
    assertThat(decryptGcm(encrypted, tag, additional)).isEqualTo(SECRET);
    assertRefused(() -> decryptGcm(encrypted, tag, new byte[] {1}), 400, "BadParameter");
    tag[0] ^= 1;
    assertRefused(() -> decryptGcm(encrypted, tag, additional), 400, "BadParameter");
  }

  private byte[] decryptGcm(EncryptResult encrypted, byte[] tag, byte[] additional) {
    return aesClient
        .decrypt(
            DecryptParameters.createA256GcmParameters(
                encrypted.getCipherText(), encrypted.getIv(), tag, additional),
            null)
        .getPlainText();
  }

  @Test
  void aesCbcIsTheJdks_withTheCallersVector() throws Exception {
    byte[] iv = new byte[16];
    byte[] odd = new byte[21];
    EncryptResult encrypted =
        aesClient.encrypt(EncryptParameters.createA256CbcPadParameters(odd, iv), null);
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding", "SunJCE");
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(AES_KEY, "AES"), new IvParameterSpec(iv));

    assertThat(cipher.doFinal(encrypted.getCipherText())).isEqualTo(odd);
    assertThat(
            aesClient
                .decrypt(
                    DecryptParameters.createA256CbcPadParameters(encrypted.getCipherText(), iv),
                    null)
                .getPlainText())
        .isEqualTo(odd);
    assertRefused(
        () -> aesClient.encrypt(EncryptParameters.createA256CbcParameters(odd, iv), null),
        400,
        "BadParameter");
  }

  @ParameterizedTest
  @CsvSource({"128", "192", "256"})
  void aManagedHsmMakesAesKeys(int bits) {
    KeyVaultKey key =
        AzureClients.keys(hsm)
            .createOctKey(
                new CreateOctKeyOptions("made-" + bits)
                    .setKeySize(bits)
                    .setHardwareProtected(true));
    CryptographyClient client = AzureClients.cryptography(hsm, key.getId());
    KeyWrapAlgorithm algorithm = KeyWrapAlgorithm.fromString("A" + bits + "KW");

    assertThat(key.getKeyType()).isEqualTo(KeyType.OCT_HSM);
    assertThat(
            client
                .unwrapKey(algorithm, client.wrapKey(algorithm, SECRET).getEncryptedKey())
                .getKey())
        .isEqualTo(SECRET);
  }
}

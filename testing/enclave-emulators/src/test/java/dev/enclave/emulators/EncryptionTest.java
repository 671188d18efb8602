package dev.enclave.emulators;

import static dev.enclave.emulators.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyFactory;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;

class EncryptionTest {

  private static final SdkBytes TEXT = SdkBytes.fromUtf8String("a data key");
  private static final Map<String, String> CONTEXT = Map.of("tenant", "7", "use", "seal");

  private final AwsKmsServer server = AwsKmsServer.builder().start();
  private final KmsClient kms = Clients.kms(server);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void decrypts_withTheSameContext_only() {
    String keyId = kms.createKey().keyMetadata().keyId();
    SdkBytes sealed = encrypt(keyId);

    assertThat(kms.decrypt(d -> d.ciphertextBlob(sealed).encryptionContext(CONTEXT)).plaintext())
        .isEqualTo(TEXT);
    assertRefused(() -> kms.decrypt(d -> d.ciphertextBlob(sealed)), "InvalidCiphertextException");
    assertRefused(
        () -> kms.decrypt(d -> d.ciphertextBlob(sealed).encryptionContext(Map.of("tenant", "8"))),
        "InvalidCiphertextException");
  }

  @Test
  void refusesAChangedCiphertext() {
    byte[] changed = encrypt(kms.createKey().keyMetadata().keyId()).asByteArray();
    changed[changed.length - 1] ^= 1;

    assertRefused(
        () ->
            kms.decrypt(
                d -> d.ciphertextBlob(SdkBytes.fromByteArray(changed)).encryptionContext(CONTEXT)),
        "InvalidCiphertextException");
    assertRefused(
        () -> kms.decrypt(d -> d.ciphertextBlob(SdkBytes.fromUtf8String("nonsense"))),
        "InvalidCiphertextException");
  }

  @Test
  void refusesAnotherKey_thanTheCiphertexts() {
    SdkBytes sealed = encrypt(kms.createKey().keyMetadata().keyId());
    String other = kms.createKey().keyMetadata().keyId();

    assertRefused(
        () -> kms.decrypt(d -> d.keyId(other).ciphertextBlob(sealed).encryptionContext(CONTEXT)),
        "IncorrectKeyException");
  }

  @Test
  void decryptsOldCiphertexts_afterARotation() {
    String keyId = kms.createKey().keyMetadata().keyId();
    SdkBytes sealed = encrypt(keyId);

    kms.rotateKeyOnDemand(rotate -> rotate.keyId(keyId));

    assertThat(kms.decrypt(d -> d.ciphertextBlob(sealed).encryptionContext(CONTEXT)).plaintext())
        .isEqualTo(TEXT);
  }

  @Test
  void makesDataKeys() {
    String keyId = kms.createKey().keyMetadata().keyId();
    GenerateDataKeyResponse key =
        kms.generateDataKey(g -> g.keyId(keyId).keySpec(DataKeySpec.AES_256));

    assertThat(key.plaintext().asByteArray()).hasSize(32);
    assertThat(kms.decrypt(d -> d.ciphertextBlob(key.ciphertextBlob())).plaintext())
        .isEqualTo(key.plaintext());
    assertRefused(() -> kms.generateDataKey(g -> g.keyId(keyId)), "ValidationException");
    assertRefused(
        () ->
            kms.generateDataKey(g -> g.keyId(keyId).keySpec(DataKeySpec.AES_256).numberOfBytes(32)),
        "ValidationException");
  }

  @Test
  void decryptsWhatAnotherLibraryEncrypted_underAnRsaKey() throws Exception {
    String keyId =
        kms.createKey(c -> c.keySpec(KeySpec.RSA_2048).keyUsage(KeyUsageType.ENCRYPT_DECRYPT))
            .keyMetadata()
            .keyId();
    byte[] spki = kms.getPublicKey(get -> get.keyId(keyId)).publicKey().asByteArray();
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(spki)),
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    byte[] sealed = cipher.doFinal(TEXT.asByteArray());

    assertThat(
            kms.decrypt(
                    d ->
                        d.keyId(keyId)
                            .ciphertextBlob(SdkBytes.fromByteArray(sealed))
                            .encryptionAlgorithm(EncryptionAlgorithmSpec.RSAES_OAEP_SHA_256))
                .plaintext())
        .isEqualTo(TEXT);
    assertRefused(
        () ->
            kms.encrypt(
                e ->
                    e.keyId(keyId)
                        .plaintext(SdkBytes.fromByteArray(new byte[191]))
                        .encryptionAlgorithm(EncryptionAlgorithmSpec.RSAES_OAEP_SHA_256)),
        "ValidationException",
        "larger than 190 bytes");
    assertRefused(
        () -> kms.encrypt(e -> e.keyId(keyId).plaintext(TEXT)), "InvalidKeyUsageException");
  }

  @Test
  void makesMacs_onlyWithHmacKeys() {
    String keyId =
        kms.createKey(c -> c.keySpec(KeySpec.HMAC_256).keyUsage(KeyUsageType.GENERATE_VERIFY_MAC))
            .keyMetadata()
            .keyId();
    String other = kms.createKey().keyMetadata().keyId();

    SdkBytes mac =
        kms.generateMac(
                g -> g.keyId(keyId).message(TEXT).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256))
            .mac();

    assertThat(
            kms.verifyMac(
                    v ->
                        v.keyId(keyId)
                            .message(TEXT)
                            .mac(mac)
                            .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256))
                .macValid())
        .isTrue();
    assertRefused(
        () ->
            kms.verifyMac(
                v ->
                    v.keyId(keyId)
                        .message(SdkBytes.fromUtf8String("another"))
                        .mac(mac)
                        .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)),
        "KMSInvalidMacException");
    assertRefused(
        () ->
            kms.generateMac(
                g -> g.keyId(other).message(TEXT).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)),
        "InvalidKeyUsageException");
  }

  private SdkBytes encrypt(String keyId) {
    return kms.encrypt(e -> e.keyId(keyId).plaintext(TEXT).encryptionContext(CONTEXT))
        .ciphertextBlob();
  }
}

package dev.enclave.emulators.gcp;

import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.RSA_DECRYPT_OAEP_2048_SHA256;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.RSA_DECRYPT_OAEP_3072_SHA1;
import static dev.enclave.emulators.gcp.GcpKeys.crc32c;
import static dev.enclave.emulators.gcp.GcpKeys.version;
import static dev.enclave.emulators.gcp.GcpRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.gax.rpc.StatusCode.Code;
import com.google.cloud.kms.v1.AsymmetricDecryptRequest;
import com.google.cloud.kms.v1.AsymmetricDecryptResponse;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.DecryptRequest;
import com.google.cloud.kms.v1.DecryptResponse;
import com.google.cloud.kms.v1.EncryptRequest;
import com.google.cloud.kms.v1.EncryptResponse;
import com.google.cloud.kms.v1.GenerateRandomBytesResponse;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.ManualClock;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GcpEncryptionTest {

  private static final ByteString SECRET = ByteString.copyFromUtf8("a data key");
  private static final ByteString AAD = ByteString.copyFromUtf8("wallet 7");
  private static final Int64Value WRONG = Int64Value.of(1);

  private final ManualClock clock = new ManualClock();
  private final GcpKmsServer server =
      GcpKmsServer.builder().clock(clock).eventualConsistency(Duration.ofMinutes(1)).start();
  private final KeyManagementServiceClient kms = GcpClients.kms(server);
  private final String ring = GcpKeys.ring(kms, server).getName();
  private final CryptoKey key =
      kms.createCryptoKey(ring, "key", GcpKeys.encrypting(ProtectionLevel.HSM).build());

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void whatWasEncryptedIsDecrypted_withItsChecksums() {
    EncryptResponse encrypted =
        kms.encrypt(
            encrypting(key.getName(), SECRET, AAD)
                .setPlaintextCrc32C(crc32c(SECRET))
                .setAdditionalAuthenticatedDataCrc32C(crc32c(AAD))
                .build());

    assertThat(encrypted.getName()).isEqualTo(version(key, 1));
    assertThat(encrypted.getVerifiedPlaintextCrc32C()).isTrue();
    assertThat(encrypted.getVerifiedAdditionalAuthenticatedDataCrc32C()).isTrue();
    assertThat(encrypted.getCiphertextCrc32C()).isEqualTo(crc32c(encrypted.getCiphertext()));
    assertThat(encrypted.getProtectionLevel()).isEqualTo(ProtectionLevel.HSM);
    assertThat(encrypted.getCiphertext().toString(StandardCharsets.ISO_8859_1))
        .doesNotContain(SECRET.toStringUtf8());

    DecryptResponse decrypted =
        kms.decrypt(
            decrypting(encrypted.getCiphertext(), AAD)
                .setCiphertextCrc32C(crc32c(encrypted.getCiphertext()))
                .setAdditionalAuthenticatedDataCrc32C(crc32c(AAD))
                .build());

    assertThat(decrypted.getPlaintext()).isEqualTo(SECRET);
    assertThat(decrypted.getPlaintextCrc32C()).isEqualTo(crc32c(SECRET));
    assertThat(decrypted.getUsedPrimary()).isTrue();
    assertThat(decrypted.getProtectionLevel()).isEqualTo(ProtectionLevel.HSM);
  }

  @Test
  void theSamePlaintextIsNeverEncryptedTheSameWay() {
    assertThat(encrypt(key.getName())).isNotEqualTo(encrypt(key.getName()));
  }

  @Test
  void nothingElseIsDecrypted() {
    ByteString ciphertext = encrypt(key.getName());
    byte[] changed = ciphertext.toByteArray();
    changed[changed.length - 1] ^= 1;
    CryptoKey other =
        kms.createCryptoKey(ring, "other", GcpKeys.encrypting(ProtectionLevel.HSM).build());

    for (DecryptRequest.Builder request :
        new DecryptRequest.Builder[] {
          decrypting(ciphertext, ByteString.copyFromUtf8("wallet 8")),
          decrypting(ciphertext, ByteString.EMPTY),
          decrypting(ByteString.copyFrom(changed), AAD),
          decrypting(ByteString.EMPTY, AAD),
          decrypting(ciphertext.substring(0, 3), AAD),
          decrypting(ciphertext, AAD).setName(other.getName())
        }) {
      assertRefused(() -> kms.decrypt(request.build()), Code.INVALID_ARGUMENT, "Decryption failed");
    }
  }

  @Test
  void checksumsAreChecked() {
    ByteString ciphertext = encrypt(key.getName());

    assertRefused(
        () -> kms.encrypt(encrypting(key.getName(), SECRET, AAD).setPlaintextCrc32C(WRONG).build()),
        Code.INVALID_ARGUMENT,
        "plaintext_crc32c");
    assertRefused(
        () ->
            kms.encrypt(
                encrypting(key.getName(), SECRET, AAD)
                    .setAdditionalAuthenticatedDataCrc32C(WRONG)
                    .build()),
        Code.INVALID_ARGUMENT,
        "additional_authenticated_data_crc32c");
    assertRefused(
        () -> kms.decrypt(decrypting(ciphertext, AAD).setCiphertextCrc32C(WRONG).build()),
        Code.INVALID_ARGUMENT,
        "ciphertext_crc32c");
    assertRefused(
        () ->
            kms.decrypt(
                decrypting(ciphertext, AAD).setAdditionalAuthenticatedDataCrc32C(WRONG).build()),
        Code.INVALID_ARGUMENT,
        "additional_authenticated_data_crc32c");
  }

  @Test
  void anHsmTakes8KibibytesInAll_andSoftware64OfEach() {
    CryptoKey software =
        kms.createCryptoKey(ring, "soft", GcpKeys.encrypting(ProtectionLevel.SOFTWARE).build());

    assertThat(kms.encrypt(encrypting(key.getName(), zeros(8_000), zeros(192)).build()).getName())
        .isNotEmpty();
    assertRefused(
        () -> kms.encrypt(encrypting(key.getName(), zeros(8_000), zeros(193)).build()),
        Code.INVALID_ARGUMENT);
    assertThat(
            kms.encrypt(encrypting(software.getName(), zeros(65_536), zeros(65_536)).build())
                .getProtectionLevel())
        .isEqualTo(ProtectionLevel.SOFTWARE);
    assertRefused(
        () -> kms.encrypt(encrypting(software.getName(), zeros(65_537), AAD).build()),
        Code.INVALID_ARGUMENT);
    assertRefused(
        () -> kms.encrypt(encrypting(software.getName(), SECRET, zeros(65_537)).build()),
        Code.INVALID_ARGUMENT);
  }

  @Test
  void aNewPrimaryVersionEncryptsAfterAWhile_andTheOldOneStillDecrypts() {
    ByteString old = encrypt(key.getName());
    CryptoKeyVersion second =
        kms.createCryptoKeyVersion(key.getName(), CryptoKeyVersion.getDefaultInstance());

    assertThat(kms.updateCryptoKeyPrimaryVersion(key.getName(), "2").getPrimary().getName())
        .isEqualTo(second.getName());

    assertThat(usedBy(key.getName())).isEqualTo(version(key, 1));
    clock.advance(Duration.ofMinutes(1));
    assertThat(usedBy(key.getName())).isEqualTo(second.getName());
    assertThat(usedBy(version(key, 1))).isEqualTo(version(key, 1));
    DecryptResponse decrypted = kms.decrypt(decrypting(old, AAD).build());
    assertThat(decrypted.getPlaintext()).isEqualTo(SECRET);
    assertThat(decrypted.getUsedPrimary()).isFalse();
  }

  @Test
  void onlyAnEnabledVersionBecomesPrimary() {
    CryptoKeyVersion second =
        kms.createCryptoKeyVersion(key.getName(), CryptoKeyVersion.getDefaultInstance());
    kms.destroyCryptoKeyVersion(second.getName());

    assertRefused(
        () -> kms.updateCryptoKeyPrimaryVersion(key.getName(), "2"), Code.FAILED_PRECONDITION);
    assertRefused(() -> kms.updateCryptoKeyPrimaryVersion(key.getName(), "3"), Code.NOT_FOUND);
    assertRefused(
        () -> kms.updateCryptoKeyPrimaryVersion(key.getName(), "x"), Code.INVALID_ARGUMENT);
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA_DECRYPT_OAEP_2048_SHA256", "RSA_DECRYPT_OAEP_3072_SHA1"})
  void whatOthersEncryptWithThePublicKeyIsDecrypted(CryptoKeyVersionAlgorithm algorithm)
      throws Exception {
    CryptoKey rsa =
        kms.createCryptoKey(
            ring,
            "rsa",
            GcpKeys.of(CryptoKeyPurpose.ASYMMETRIC_DECRYPT, algorithm, ProtectionLevel.HSM)
                .build());
    String hash = algorithm == RSA_DECRYPT_OAEP_3072_SHA1 ? "SHA-1" : "SHA-256";
    ByteString ciphertext = wrapped(rsa, hash);

    AsymmetricDecryptResponse decrypted =
        kms.asymmetricDecrypt(
            AsymmetricDecryptRequest.newBuilder()
                .setName(version(rsa, 1))
                .setCiphertext(ciphertext)
                .setCiphertextCrc32C(crc32c(ciphertext))
                .build());

    assertThat(decrypted.getPlaintext()).isEqualTo(SECRET);
    assertThat(decrypted.getPlaintextCrc32C()).isEqualTo(crc32c(SECRET));
    assertThat(decrypted.getVerifiedCiphertextCrc32C()).isTrue();
    assertRefused(() -> kms.asymmetricDecrypt(version(rsa, 1), SECRET), Code.INVALID_ARGUMENT);
    assertRefused(
        () ->
            kms.asymmetricDecrypt(
                AsymmetricDecryptRequest.newBuilder()
                    .setName(version(rsa, 1))
                    .setCiphertext(ciphertext)
                    .setCiphertextCrc32C(WRONG)
                    .build()),
        Code.INVALID_ARGUMENT,
        "ciphertext_crc32c");
  }

  private ByteString wrapped(CryptoKey rsa, String hash) throws Exception {
    String pem = kms.getPublicKey(version(rsa, 1)).getPem();
    byte[] encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded)),
        new OAEPParameterSpec(
            hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT));
    return ByteString.copyFrom(cipher.doFinal(SECRET.toByteArray()));
  }

  @Test
  void keysDoNothingButTheirPurpose() {
    CryptoKey rsa =
        kms.createCryptoKey(
            ring,
            "rsa",
            GcpKeys.of(
                    CryptoKeyPurpose.ASYMMETRIC_DECRYPT,
                    RSA_DECRYPT_OAEP_2048_SHA256,
                    ProtectionLevel.SOFTWARE)
                .build());

    assertRefused(() -> encrypt(rsa.getName()), Code.FAILED_PRECONDITION);
    assertRefused(() -> encrypt(version(rsa, 1)), Code.FAILED_PRECONDITION);
    assertRefused(() -> kms.asymmetricDecrypt(version(key, 1), SECRET), Code.FAILED_PRECONDITION);
    assertRefused(
        () -> kms.updateCryptoKeyPrimaryVersion(rsa.getName(), "1"), Code.FAILED_PRECONDITION);
  }

  @Test
  void randomBytesComeFromAnHsm_8To1024() {
    GenerateRandomBytesResponse random =
        kms.generateRandomBytes(server.locationName(), 1024, ProtectionLevel.HSM);

    assertThat(random.getData().size()).isEqualTo(1024);
    assertThat(random.getDataCrc32C()).isEqualTo(crc32c(random.getData()));
    assertThat(kms.generateRandomBytes(server.locationName(), 8, ProtectionLevel.HSM).getData())
        .isNotEqualTo(random.getData().substring(0, 8));
    for (int length : new int[] {0, 7, 1025}) {
      assertRefused(
          () -> kms.generateRandomBytes(server.locationName(), length, ProtectionLevel.HSM),
          Code.INVALID_ARGUMENT);
    }
    assertRefused(
        () -> kms.generateRandomBytes(server.locationName(), 8, ProtectionLevel.SOFTWARE),
        Code.INVALID_ARGUMENT);
  }

  private String usedBy(String name) {
    return kms.encrypt(encrypting(name, SECRET, AAD).build()).getName();
  }

  private ByteString encrypt(String name) {
    return kms.encrypt(encrypting(name, SECRET, AAD).build()).getCiphertext();
  }

  private static EncryptRequest.Builder encrypting(String name, ByteString text, ByteString aad) {
    return EncryptRequest.newBuilder()
        .setName(name)
        .setPlaintext(text)
        .setAdditionalAuthenticatedData(aad);
  }

  private DecryptRequest.Builder decrypting(ByteString ciphertext, ByteString aad) {
    return DecryptRequest.newBuilder()
        .setName(key.getName())
        .setCiphertext(ciphertext)
        .setAdditionalAuthenticatedData(aad);
  }

  private static ByteString zeros(int count) {
    return ByteString.copyFrom(new byte[count]);
  }
}

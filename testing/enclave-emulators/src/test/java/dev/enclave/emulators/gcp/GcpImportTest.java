package dev.enclave.emulators.gcp;

import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_ED25519;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P384_SHA384;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.RSA_SIGN_PKCS1_2048_SHA256;
import static dev.enclave.emulators.gcp.GcpRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.gax.rpc.StatusCode.Code;
import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.ImportCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ImportJob;
import com.google.cloud.kms.v1.ImportJob.ImportJobState;
import com.google.cloud.kms.v1.ImportJob.ImportMethod;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.ManualClock;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys that the JDK makes and wraps. */
class GcpImportTest {

  private static final ByteString MESSAGE = ByteString.copyFromUtf8("pay 3 to bob");
  private static final Duration GENERATION = Duration.ofMinutes(1);

  private final ManualClock clock = new ManualClock();
  private final GcpKmsServer server =
      GcpKmsServer.builder()
          .clock(clock)
          .tokenLifetime(Duration.ofDays(365))
          .generationTime(GENERATION)
          .start();
  private final KeyManagementServiceClient kms = GcpClients.kms(server);
  private final String ring = GcpKeys.ring(kms, server).getName();

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "RSA_OAEP_3072_SHA256",
        "RSA_OAEP_3072_SHA256_AES_256",
        "RSA_OAEP_3072_SHA1_AES_256",
        "RSA_OAEP_4096_SHA256_AES_256"
      })
  void anImportedKeySigns(ImportMethod method) throws Exception {
    CryptoKey key = signingKey(EC_SIGN_P256_SHA256);
    ImportJob job = job(method);
    KeyPair pair = ec("secp256r1");

    CryptoKeyVersion pending =
        kms.importCryptoKeyVersion(
            request(key, job, EC_SIGN_P256_SHA256, wrap(job, pair.getPrivate().getEncoded())));

    assertThat(pending.getState()).isEqualTo(CryptoKeyVersionState.PENDING_IMPORT);
    assertThat(pending.getImportJob()).isEqualTo(job.getName());
    assertRefused(() -> sign(pending.getName()), Code.FAILED_PRECONDITION, "PENDING_IMPORT");
    clock.advance(GENERATION);
    CryptoKeyVersion imported = kms.getCryptoKeyVersion(pending.getName());
    assertThat(imported.getState()).isEqualTo(CryptoKeyVersionState.ENABLED);
    assertThat(imported.hasImportTime()).isTrue();
    assertThat(imported.hasGenerateTime()).isFalse();
    assertThat(verifies("SHA256withECDSA", pair.getPublic(), sign(imported.getName()))).isTrue();
  }

  @Test
  void rsaAndEd25519KeysAreImported() throws Exception {
    ImportJob job = job(ImportMethod.RSA_OAEP_3072_SHA256_AES_256);
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    KeyPair rsaPair = rsa.generateKeyPair();
    KeyPair edPair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

    String rsaVersion = imported(signingKey(RSA_SIGN_PKCS1_2048_SHA256), job, rsaPair);
    ImportJob software = job("software", job.getImportMethod(), ProtectionLevel.SOFTWARE);
    String edVersion = imported(signingKey(EC_SIGN_ED25519), software, edPair);

    assertThat(verifies("SHA256withRSA", rsaPair.getPublic(), sign(rsaVersion))).isTrue();
    assertThat(verifies("Ed25519", edPair.getPublic(), sign(edVersion))).isTrue();
  }

  @Test
  void aSymmetricKeyIsImportedAsPlainBytes() throws Exception {
    CryptoKey key =
        kms.createCryptoKey(
            CreateCryptoKeyRequest.newBuilder()
                .setParent(ring)
                .setCryptoKeyId("kek")
                .setCryptoKey(GcpKeys.encrypting(ProtectionLevel.HSM).setImportOnly(true))
                .setSkipInitialVersionCreation(true)
                .build());
    ImportJob job = job(ImportMethod.RSA_OAEP_3072_SHA256);

    CryptoKeyVersion version =
        kms.importCryptoKeyVersion(
            request(key, job, GOOGLE_SYMMETRIC_ENCRYPTION, wrap(job, new byte[32])));
    clock.advance(GENERATION);

    kms.updateCryptoKeyPrimaryVersion(key.getName(), "1");
    ByteString ciphertext = kms.encrypt(key.getName(), MESSAGE).getCiphertext();
    assertThat(kms.decrypt(key.getName(), ciphertext).getPlaintext()).isEqualTo(MESSAGE);
    assertThat(kms.getCryptoKeyVersion(version.getName()).getState())
        .isEqualTo(CryptoKeyVersionState.ENABLED);
  }

  @Test
  void whatIsNoKeyOfTheAlgorithmFails_andMayBeTriedAgain() throws Exception {
    CryptoKey key = signingKey(EC_SIGN_P256_SHA256);
    ImportJob job = job(ImportMethod.RSA_OAEP_3072_SHA256_AES_256);
    KeyPair right = ec("secp256r1");
    ByteString wrong = wrap(job, ec("secp384r1").getPrivate().getEncoded());
    CryptoKeyVersion pending =
        kms.importCryptoKeyVersion(request(key, job, EC_SIGN_P256_SHA256, wrong));
    clock.advance(GENERATION);

    CryptoKeyVersion failed = kms.getCryptoKeyVersion(pending.getName());
    assertThat(failed.getState()).isEqualTo(CryptoKeyVersionState.IMPORT_FAILED);
    assertThat(failed.getImportFailureReason()).isNotEmpty();
    assertThat(failed.getReimportEligible()).isTrue();
    assertRefused(() -> sign(failed.getName()), Code.FAILED_PRECONDITION, "IMPORT_FAILED");

    kms.importCryptoKeyVersion(
        request(key, job, EC_SIGN_P256_SHA256, wrap(job, right.getPrivate().getEncoded()))
            .toBuilder()
            .setCryptoKeyVersion(failed.getName())
            .build());
    clock.advance(GENERATION);
    assertThat(verifies("SHA256withECDSA", right.getPublic(), sign(failed.getName()))).isTrue();
  }

  @Test
  void aWrongLengthIsRefusedAtOnce_andMakesNoVersion() throws Exception {
    CryptoKey key = signingKey(EC_SIGN_P256_SHA256);
    ImportJob job = job(ImportMethod.RSA_OAEP_3072_SHA256_AES_256);
    ByteString wrapped = wrap(job, ec("secp256r1").getPrivate().getEncoded());
    for (int length : new int[] {wrapped.size() - 1, 384}) {
      ImportCryptoKeyVersionRequest wrong =
          request(key, job, EC_SIGN_P256_SHA256, wrapped.substring(0, length));
      assertRefused(() -> kms.importCryptoKeyVersion(wrong), Code.INVALID_ARGUMENT, "Wrapped key");
    }
    assertThat(kms.listCryptoKeyVersions(key.getName()).iterateAll()).isEmpty();
  }

  @Test
  void whatWasWrappedForAnotherJobFails() throws Exception {
    CryptoKey key = signingKey(EC_SIGN_P256_SHA256);
    ImportJob job = job(ImportMethod.RSA_OAEP_3072_SHA256_AES_256);
    ImportJob other = job("other", ImportMethod.RSA_OAEP_3072_SHA256_AES_256, ProtectionLevel.HSM);
    ByteString wrapped = wrap(other, ec("secp256r1").getPrivate().getEncoded());

    CryptoKeyVersion version =
        kms.importCryptoKeyVersion(request(key, job, EC_SIGN_P256_SHA256, wrapped));
    clock.advance(GENERATION);

    assertThat(kms.getCryptoKeyVersion(version.getName()).getState())
        .isEqualTo(CryptoKeyVersionState.IMPORT_FAILED);
  }

  @Test
  void aDestroyedKeyIsImportedAgain_ifItIsTheSame() throws Exception {
    CryptoKey key = signingKey(EC_SIGN_P256_SHA256);
    ImportJob job = job(ImportMethod.RSA_OAEP_3072_SHA256_AES_256);
    KeyPair pair = ec("secp256r1");
    String name = imported(key, job, pair);
    ImportCryptoKeyVersionRequest again =
        request(key, job, EC_SIGN_P256_SHA256, wrap(job, pair.getPrivate().getEncoded()))
            .toBuilder()
            .setCryptoKeyVersion(name)
            .build();
    assertRefused(() -> kms.importCryptoKeyVersion(again), Code.FAILED_PRECONDITION, "reimport");
    kms.destroyCryptoKeyVersion(name);
    clock.advance(Duration.ofDays(30));
    assertThat(kms.getCryptoKeyVersion(name).getReimportEligible()).isTrue();

    ImportJob fresh = job("fresh", ImportMethod.RSA_OAEP_3072_SHA256_AES_256, ProtectionLevel.HSM);
    kms.importCryptoKeyVersion(
        again.toBuilder()
            .setImportJob(fresh.getName())
            .setWrappedKey(wrap(fresh, ec("secp256r1").getPrivate().getEncoded()))
            .build());
    clock.advance(GENERATION);
    assertThat(kms.getCryptoKeyVersion(name).getState())
        .isEqualTo(CryptoKeyVersionState.IMPORT_FAILED);
    kms.importCryptoKeyVersion(
        again.toBuilder()
            .setImportJob(fresh.getName())
            .setWrappedKey(wrap(fresh, pair.getPrivate().getEncoded()))
            .build());
    clock.advance(GENERATION);
    assertThat(verifies("SHA256withECDSA", pair.getPublic(), sign(name))).isTrue();
  }

  @Test
  void aGeneratedVersionIsNeverImportedInto() throws Exception {
    CryptoKey key = kms.createCryptoKey(ring, "key", GcpKeys.signing(EC_SIGN_P256_SHA256).build());
    clock.advance(GENERATION);
    kms.destroyCryptoKeyVersion(GcpKeys.version(key, 1));
    clock.advance(Duration.ofDays(30));
    CryptoKeyVersion generated = kms.getCryptoKeyVersion(GcpKeys.version(key, 1));
    // The state in which an imported one is imported again.
    assertThat(generated.getState()).isEqualTo(CryptoKeyVersionState.DESTROYED);
    assertThat(generated.getReimportEligible()).isFalse();
    ImportCryptoKeyVersionRequest request =
        request(key, job(ImportMethod.RSA_OAEP_3072_SHA256), EC_SIGN_P256_SHA256, MESSAGE)
            .toBuilder()
            .setCryptoKeyVersion(generated.getName())
            .build();

    assertRefused(() -> kms.importCryptoKeyVersion(request), Code.FAILED_PRECONDITION, "reimport");
  }

  @Test
  void anImportJobIsPending_thenActive_thenExpired() throws Exception {
    ImportJob pending = kms.createImportJob(ring, "job", asked(ImportMethod.RSA_OAEP_3072_SHA256));
    assertThat(pending.getState()).isEqualTo(ImportJobState.PENDING_GENERATION);
    assertThat(pending.hasPublicKey()).isFalse();
    CryptoKey key = signingKey(EC_SIGN_P256_SHA256);
    ImportCryptoKeyVersionRequest request = request(key, pending, EC_SIGN_P256_SHA256, MESSAGE);
    assertRefused(() -> kms.importCryptoKeyVersion(request), Code.FAILED_PRECONDITION, "active");

    clock.advance(GENERATION);
    ImportJob active = kms.getImportJob(pending.getName());
    assertThat(active.getState()).isEqualTo(ImportJobState.ACTIVE);
    assertThat(active.getPublicKey().getPem()).startsWith("-----BEGIN PUBLIC KEY-----");
    assertThat(active.getExpireTime().getSeconds() - active.getCreateTime().getSeconds())
        .isEqualTo(Duration.ofDays(3).toSeconds());

    clock.advance(Duration.ofDays(3));
    ImportJob expired = kms.getImportJob(pending.getName());
    assertThat(expired.getState()).isEqualTo(ImportJobState.EXPIRED);
    assertThat(expired.hasPublicKey()).isFalse();
    assertThat(expired.hasExpireEventTime()).isTrue();
    assertRefused(() -> kms.importCryptoKeyVersion(request), Code.FAILED_PRECONDITION, "EXPIRED");
    assertThat(kms.listImportJobs(ring).iterateAll()).hasSize(1);
    assertRefused(
        () -> kms.createImportJob(ring, "job", asked(ImportMethod.RSA_OAEP_3072_SHA256)),
        Code.ALREADY_EXISTS);
  }

  @Test
  void whatTheRequestSaysWronglyIsRefused() throws Exception {
    CryptoKey key = signingKey(EC_SIGN_P256_SHA256);
    ImportJob direct = job(ImportMethod.RSA_OAEP_3072_SHA256);
    ImportJob software = job("soft", ImportMethod.RSA_OAEP_3072_SHA256, ProtectionLevel.SOFTWARE);

    for (ImportCryptoKeyVersionRequest wrong :
        new ImportCryptoKeyVersionRequest[] {
          request(key, software, EC_SIGN_P256_SHA256, MESSAGE),
          request(key, direct, RSA_SIGN_PKCS1_2048_SHA256, MESSAGE),
          request(key, direct, GOOGLE_SYMMETRIC_ENCRYPTION, MESSAGE),
          request(key, direct, EC_SIGN_P384_SHA384, ByteString.EMPTY),
          request(key, direct, EC_SIGN_P256_SHA256, MESSAGE).toBuilder()
              .setRsaAesWrappedKey(MESSAGE)
              .build()
        }) {
      assertRefused(() -> kms.importCryptoKeyVersion(wrong), Code.INVALID_ARGUMENT);
    }
    assertRefused(
        () -> kms.createImportJob(ring, "none", ImportJob.getDefaultInstance()),
        Code.INVALID_ARGUMENT,
        "import_method");
    assertRefused(() -> kms.getImportJob(ring + "/importJobs/none"), Code.NOT_FOUND);
  }

  private CryptoKey signingKey(CryptoKeyVersionAlgorithm algorithm) {
    return kms.createCryptoKey(
        CreateCryptoKeyRequest.newBuilder()
            .setParent(ring)
            .setCryptoKeyId("key-" + algorithm.name())
            .setCryptoKey(GcpKeys.signing(algorithm).setImportOnly(true))
            .setSkipInitialVersionCreation(true)
            .build());
  }

  private ImportJob job(ImportMethod method) {
    return job("job", method, ProtectionLevel.HSM);
  }

  private ImportJob job(String id, ImportMethod method, ProtectionLevel level) {
    String name =
        kms.createImportJob(ring, id, asked(method).toBuilder().setProtectionLevel(level).build())
            .getName();
    clock.advance(GENERATION);
    return kms.getImportJob(name);
  }

  private static ImportJob asked(ImportMethod method) {
    return ImportJob.newBuilder()
        .setImportMethod(method)
        .setProtectionLevel(ProtectionLevel.HSM)
        .build();
  }

  private String imported(CryptoKey key, ImportJob job, KeyPair pair) throws Exception {
    String name =
        kms.importCryptoKeyVersion(
                request(
                    key,
                    job,
                    key.getVersionTemplate().getAlgorithm(),
                    wrap(job, pair.getPrivate().getEncoded())))
            .getName();
    clock.advance(GENERATION);
    return name;
  }

  private static ImportCryptoKeyVersionRequest request(
      CryptoKey key, ImportJob job, CryptoKeyVersionAlgorithm algorithm, ByteString wrapped) {
    return ImportCryptoKeyVersionRequest.newBuilder()
        .setParent(key.getName())
        .setImportJob(job.getName())
        .setAlgorithm(algorithm)
        .setWrappedKey(wrapped)
        .build();
  }

  private static ByteString wrap(ImportJob job, byte[] formatted) throws Exception {
    String method = job.getImportMethod().name();
    PublicKey wrappingKey = publicKey(job.getPublicKey().getPem());
    String hash = method.contains("SHA1") ? "SHA-1" : "SHA-256";
    if (!method.endsWith("AES_256")) {
      return ByteString.copyFrom(oaep(wrappingKey, hash, formatted));
    }
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(256);
    SecretKey ephemeral = generator.generateKey();
    Cipher kwp = Cipher.getInstance("AES/KWP/NoPadding");
    kwp.init(Cipher.WRAP_MODE, ephemeral);
    return ByteString.copyFrom(oaep(wrappingKey, hash, ephemeral.getEncoded()))
        .concat(ByteString.copyFrom(kwp.wrap(new SecretKeySpec(formatted, "RAW"))));
  }

  private static byte[] oaep(PublicKey key, String hash, byte[] content) throws Exception {
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        key,
        new OAEPParameterSpec(
            hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT));
    return cipher.doFinal(content);
  }

  private static PublicKey publicKey(String pem) throws Exception {
    byte[] encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static KeyPair ec(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private ByteString sign(String version) {
    return kms.asymmetricSign(
            AsymmetricSignRequest.newBuilder().setName(version).setData(MESSAGE).build())
        .getSignature();
  }

  private static boolean verifies(String algorithm, PublicKey key, ByteString signature)
      throws Exception {
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(key);
    verifier.update(MESSAGE.toByteArray());
    return verifier.verify(signature.toByteArray());
  }
}

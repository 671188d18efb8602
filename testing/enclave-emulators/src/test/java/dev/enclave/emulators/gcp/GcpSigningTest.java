package dev.enclave.emulators.gcp;

import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_ED25519;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P384_SHA384;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_SECP256K1_SHA256;
import static dev.enclave.emulators.gcp.GcpKeys.crc32c;
import static dev.enclave.emulators.gcp.GcpKeys.version;
import static dev.enclave.emulators.gcp.GcpRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.gax.rpc.StatusCode.Code;
import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.Digest;
import com.google.cloud.kms.v1.GetPublicKeyRequest;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.cloud.kms.v1.PublicKey;
import com.google.cloud.kms.v1.PublicKey.PublicKeyFormat;
import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import dev.enclave.emulators.GcpKmsServer;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signatures by Google's client, checked by the JDK and, on secp256k1, by Bouncy Castle. */
class GcpSigningTest {

  private static final ByteString MESSAGE = ByteString.copyFromUtf8("pay 3 to bob");

  private final GcpKmsServer server = GcpKmsServer.builder().start();
  private final KeyManagementServiceClient kms = GcpClients.kms(server);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  private CryptoKey key(CryptoKeyVersionAlgorithm algorithm) {
    return kms.createCryptoKey(
        GcpKeys.ring(kms, server).getName(), "key", GcpKeys.signing(algorithm).build());
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "EC_SIGN_P256_SHA256",
        "EC_SIGN_P384_SHA384",
        "EC_SIGN_SECP256K1_SHA256",
        "EC_SIGN_ED25519",
        "RSA_SIGN_PSS_2048_SHA256",
        "RSA_SIGN_PSS_3072_SHA256",
        "RSA_SIGN_PSS_4096_SHA512",
        "RSA_SIGN_PKCS1_2048_SHA256",
        "RSA_SIGN_PKCS1_3072_SHA256",
        "RSA_SIGN_PKCS1_4096_SHA512"
      })
  void signsData_soThatOthersVerifyIt(CryptoKeyVersionAlgorithm algorithm) throws Exception {
    CryptoKey key = key(algorithm);

    AsymmetricSignResponse signed =
        kms.asymmetricSign(
            AsymmetricSignRequest.newBuilder()
                .setName(version(key, 1))
                .setData(MESSAGE)
                .setDataCrc32C(crc32c(MESSAGE))
                .build());

    assertThat(verifies(algorithm, key, signed.getSignature())).isTrue();
    assertThat(signed.getName()).isEqualTo(version(key, 1));
    assertThat(signed.getVerifiedDataCrc32C()).isTrue();
    assertThat(signed.getVerifiedDigestCrc32C()).isFalse();
    assertThat(signed.getSignatureCrc32C()).isEqualTo(crc32c(signed.getSignature()));
    assertThat(signed.getProtectionLevel())
        .isEqualTo(key.getVersionTemplate().getProtectionLevel());
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "EC_SIGN_P256_SHA256",
        "EC_SIGN_P384_SHA384",
        "EC_SIGN_SECP256K1_SHA256",
        "RSA_SIGN_PSS_2048_SHA256",
        "RSA_SIGN_PKCS1_2048_SHA256"
      })
  void signsDigests_soThatOthersVerifyThem(CryptoKeyVersionAlgorithm algorithm) throws Exception {
    CryptoKey key = key(algorithm);
    ByteString digest = digest(hashOf(algorithm));

    AsymmetricSignResponse signed =
        kms.asymmetricSign(
            AsymmetricSignRequest.newBuilder()
                .setName(version(key, 1))
                .setDigest(wrapped(digest))
                .setDigestCrc32C(crc32c(digest))
                .build());

    assertThat(verifies(algorithm, key, signed.getSignature())).isTrue();
    assertThat(signed.getVerifiedDigestCrc32C()).isTrue();
    assertThat(signed.getVerifiedDataCrc32C()).isFalse();
  }

  @Test
  void tellsThePublicKey_withItsChecksum() {
    CryptoKey key = key(EC_SIGN_P256_SHA256);

    PublicKey told = kms.getPublicKey(version(key, 1));

    assertThat(told.getPem())
        .startsWith("-----BEGIN PUBLIC KEY-----\n")
        .endsWith("\n-----END PUBLIC KEY-----\n");
    assertThat(told.getPemCrc32C()).isEqualTo(crc32c(told.getPemBytes()));
    assertThat(told.getName()).isEqualTo(version(key, 1));
    assertThat(told.getAlgorithm()).isEqualTo(EC_SIGN_P256_SHA256);
    assertThat(told.getProtectionLevel()).isEqualTo(ProtectionLevel.HSM);
  }

  @Test
  void tellsThePublicKeyInAFormat_thatWasAskedFor() {
    CryptoKey key = key(EC_SIGN_P256_SHA256);
    GetPublicKeyRequest request =
        GetPublicKeyRequest.newBuilder()
            .setName(version(key, 1))
            .setPublicKeyFormat(PublicKeyFormat.DER)
            .build();

    PublicKey told = kms.getPublicKey(request);

    assertThat(told.getPem()).isEmpty();
    assertThat(told.getPublicKeyFormat()).isEqualTo(PublicKeyFormat.DER);
    assertThat(told.getPublicKey().getCrc32CChecksum())
        .isEqualTo(crc32c(told.getPublicKey().getData()));
    assertRefused(
        () ->
            kms.getPublicKey(
                request.toBuilder().setPublicKeyFormat(PublicKeyFormat.NIST_PQC).build()),
        Code.INVALID_ARGUMENT);
  }

  @Test
  void refusesADigest_ofAnotherAlgorithmOrLength() throws Exception {
    CryptoKey key = key(EC_SIGN_P384_SHA384);
    String name = version(key, 1);

    assertRefused(
        () -> kms.asymmetricSign(name, wrapped(digest("SHA-256"))), Code.INVALID_ARGUMENT);
    assertRefused(
        () -> kms.asymmetricSign(name, Digest.newBuilder().setSha384(digest("SHA-256")).build()),
        Code.INVALID_ARGUMENT);
  }

  @Test
  void refusesDigestAndData_andNeither() throws Exception {
    CryptoKey key = key(EC_SIGN_P256_SHA256);
    AsymmetricSignRequest.Builder request =
        AsymmetricSignRequest.newBuilder().setName(version(key, 1));

    assertRefused(() -> kms.asymmetricSign(request.build()), Code.INVALID_ARGUMENT);
    request.setData(MESSAGE).setDigest(wrapped(digest("SHA-256")));
    assertRefused(() -> kms.asymmetricSign(request.build()), Code.INVALID_ARGUMENT);
  }

  @Test
  void signsWithEd25519_onlyData() throws Exception {
    CryptoKey key = key(EC_SIGN_ED25519);

    assertRefused(
        () ->
            kms.asymmetricSign(
                version(key, 1), Digest.newBuilder().setSha512(digest("SHA-512")).build()),
        Code.INVALID_ARGUMENT);
  }

  @Test
  void takesAtMost64KibibytesOfData() {
    CryptoKey key = key(EC_SIGN_ED25519);
    AsymmetricSignRequest most =
        AsymmetricSignRequest.newBuilder()
            .setName(version(key, 1))
            .setData(ByteString.copyFrom(new byte[65_536]))
            .build();

    assertThat(kms.asymmetricSign(most).getSignature().size()).isEqualTo(64);
    assertRefused(
        () ->
            kms.asymmetricSign(
                most.toBuilder().setData(ByteString.copyFrom(new byte[65_537])).build()),
        Code.INVALID_ARGUMENT);
  }

  @Test
  void refusesWhatDoesNotMatchItsChecksum() throws Exception {
    CryptoKey key = key(EC_SIGN_P256_SHA256);
    Int64Value wrong = Int64Value.of(crc32c(MESSAGE).getValue() ^ 1);
    AsymmetricSignRequest.Builder request =
        AsymmetricSignRequest.newBuilder().setName(version(key, 1));

    assertRefused(
        () -> kms.asymmetricSign(request.clone().setData(MESSAGE).setDataCrc32C(wrong).build()),
        Code.INVALID_ARGUMENT,
        "data_crc32c");
    Digest digest = wrapped(digest("SHA-256"));
    assertRefused(
        () -> kms.asymmetricSign(request.clone().setDigest(digest).setDigestCrc32C(wrong).build()),
        Code.INVALID_ARGUMENT,
        "digest_crc32c");
  }

  @Test
  void neverSignsWithAKeyOfAnotherPurpose() {
    CryptoKey key =
        kms.createCryptoKey(
            GcpKeys.ring(kms, server).getName(),
            "key",
            GcpKeys.encrypting(ProtectionLevel.HSM).build());

    assertRefused(
        () ->
            kms.asymmetricSign(
                AsymmetricSignRequest.newBuilder()
                    .setName(version(key, 1))
                    .setData(MESSAGE)
                    .build()),
        Code.FAILED_PRECONDITION);
    assertRefused(() -> kms.getPublicKey(version(key, 1)), Code.FAILED_PRECONDITION);
  }

  @Test
  void hasSecp256k1_inHsmsOnly() {
    String ring = GcpKeys.ring(kms, server).getName();
    CryptoKey.Builder key = GcpKeys.signing(EC_SIGN_SECP256K1_SHA256);
    key.getVersionTemplateBuilder().setProtectionLevel(ProtectionLevel.SOFTWARE);

    assertRefused(() -> kms.createCryptoKey(ring, "key", key.build()), Code.INVALID_ARGUMENT);
  }

  private boolean verifies(CryptoKeyVersionAlgorithm algorithm, CryptoKey key, ByteString signature)
      throws Exception {
    String name = algorithm.name();
    String pem = kms.getPublicKey(version(key, 1)).getPem();
    byte[] encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    Signature verifier =
        algorithm == EC_SIGN_SECP256K1_SHA256
            ? Signature.getInstance("SHA256withECDSA", new BouncyCastleProvider())
            : Signature.getInstance(jcaName(name));
    KeyFactory keys =
        algorithm == EC_SIGN_SECP256K1_SHA256
            ? KeyFactory.getInstance("EC", new BouncyCastleProvider())
            : KeyFactory.getInstance(
                name.startsWith("RSA") ? "RSA" : name.endsWith("ED25519") ? "Ed25519" : "EC");
    if (name.contains("PSS")) {
      String hash = hashOf(algorithm);
      verifier.setParameter(
          new PSSParameterSpec(
              hash,
              "MGF1",
              new MGF1ParameterSpec(hash),
              MessageDigest.getInstance(hash).getDigestLength(),
              1));
    }
    verifier.initVerify(keys.generatePublic(new X509EncodedKeySpec(encoded)));
    verifier.update(MESSAGE.toByteArray());
    return verifier.verify(signature.toByteArray());
  }

  private static String jcaName(String name) {
    if (name.contains("PSS")) {
      return "RSASSA-PSS";
    }
    if (name.endsWith("ED25519")) {
      return "Ed25519";
    }
    String hash = name.substring(name.lastIndexOf("SHA"));
    return hash + (name.startsWith("RSA") ? "withRSA" : "withECDSA");
  }

  private static String hashOf(CryptoKeyVersionAlgorithm algorithm) {
    String name = algorithm.name();
    return "SHA-" + name.substring(name.lastIndexOf("SHA") + 3);
  }

  private static ByteString digest(String hash) throws Exception {
    return ByteString.copyFrom(MessageDigest.getInstance(hash).digest(MESSAGE.toByteArray()));
  }

  private static Digest wrapped(ByteString digest) {
    return switch (digest.size()) {
      case 32 -> Digest.newBuilder().setSha256(digest).build();
      case 48 -> Digest.newBuilder().setSha384(digest).build();
      default -> Digest.newBuilder().setSha512(digest).build();
    };
  }
}

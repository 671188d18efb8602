package dev.enclave.emulators.gcp;

import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.AES_256_KWP;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_ED25519;
import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_P256_SHA256;
import static dev.enclave.emulators.gcp.GcpRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.gax.rpc.StatusCode.Code;
import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CreateCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.ExportTrustedKeyWrappedCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ExportTrustedKeyWrappedCryptoKeyVersionResponse;
import com.google.cloud.kms.v1.ImportTrustedKeyWrappedCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import dev.enclave.emulators.GcpKmsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys that leave single-tenant HSMs, wrapped by a key that the HSMs trust. */
class GcpTrustedWrappingTest {

  private final GcpKmsServer server =
      GcpKmsServer.builder().singleTenantHsm("ours", true).singleTenantHsm("fixed", false).start();
  private final KeyManagementServiceClient kms = GcpClients.kms(server);
  private final String ring = GcpKeys.ring(kms, server).getName();

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_SIGN_P256_SHA256", "RSA_SIGN_PKCS1_2048_SHA256"})
  void aKeyComesToAnotherKeyOfAnHsm_withoutLeavingItsWrapping(CryptoKeyVersionAlgorithm kind) {
    String wrapping = trusted("wrapping", "ours");
    CryptoKeyVersion source = wrappable(key("source", "ours", kind));
    CryptoKey target = key("target", "ours", kind);

    ExportTrustedKeyWrappedCryptoKeyVersionResponse wrapped = export(source.getName(), wrapping);
    CryptoKeyVersion imported =
        kms.importTrustedKeyWrappedCryptoKeyVersion(
            request(target, wrapping, kind, wrapped.getWrappedKey()));

    assertThat(imported.getTrustedWrappingEnabled()).isTrue();
    assertThat(kms.getCryptoKeyVersion(imported.getName()).hasImportTime()).isTrue();
    assertThat(kms.getPublicKey(imported.getName()).getPem())
        .isEqualTo(kms.getPublicKey(source.getName()).getPem());
    assertThat(wrapped.getWrappedKey().size() % 8).isZero();
  }

  @Test
  void onlyVersionsThatWereMadeForIt_leave() {
    String wrapping = trusted("wrapping", "ours");
    CryptoKey key = key("source", "ours", EC_SIGN_P256_SHA256);
    CryptoKeyVersion ordinary =
        kms.createCryptoKeyVersion(key.getName(), CryptoKeyVersion.getDefaultInstance());
    assertThat(ordinary.getTrustedWrappingEnabled()).isFalse();
    assertRefused(
        () -> export(ordinary.getName(), wrapping), Code.FAILED_PRECONDITION, "trusted_wrapping");
  }

  @Test
  void nothingLeavesAnHsmWithoutKeyPortability() {
    String wrapping = trusted("wrapping", "ours");
    CryptoKeyVersion fixed = wrappable(key("source", "fixed", EC_SIGN_P256_SHA256));
    assertRefused(
        () -> export(fixed.getName(), wrapping), Code.FAILED_PRECONDITION, "key portability");
  }

  @Test
  void onlyAKeyThatTheHsmTrusts_wraps() {
    String untrusted = wrappingKey("untrusted", "ours");
    String signing = wrappable(key("signing", "ours", EC_SIGN_P256_SHA256)).getName();
    String source = wrappable(key("source", "ours", EC_SIGN_P256_SHA256)).getName();
    assertThat(kms.getCryptoKeyVersion(untrusted).getHsmTrusted()).isFalse();
    assertRefused(() -> export(source, untrusted), Code.FAILED_PRECONDITION, "no trusted key");
    assertRefused(() -> export(source, signing), Code.FAILED_PRECONDITION, "no trusted key");
  }

  @Test
  void anotherWrappingKey_opensNothing() {
    CryptoKeyVersion source = wrappable(key("source", "ours", EC_SIGN_P256_SHA256));
    CryptoKey target = key("target", "ours", EC_SIGN_P256_SHA256);
    ByteString wrapped = export(source.getName(), trusted("wrapping", "ours")).getWrappedKey();
    String other = trusted("other", "ours");
    assertRefused(
        () ->
            kms.importTrustedKeyWrappedCryptoKeyVersion(
                request(target, other, EC_SIGN_P256_SHA256, wrapped)),
        Code.INVALID_ARGUMENT,
        "unwrapped");
  }

  @Test
  void keysOfOtherProtectionLevels_areNeverWrapped() {
    assertRefused(
        () ->
            kms.createCryptoKeyVersion(
                kms.createCryptoKey(ring, "ordinary", GcpKeys.signing(EC_SIGN_ED25519).build())
                    .getName(),
                CryptoKeyVersion.newBuilder().setTrustedWrappingEnabled(true).build()),
        Code.INVALID_ARGUMENT,
        "HSM_SINGLE_TENANT");
  }

  @Test
  void aKeyOfASingleTenantHsm_namesOneThatIsThere() {
    assertRefused(
        () -> key("unnamed", "", EC_SIGN_P256_SHA256), Code.INVALID_ARGUMENT, "crypto_key_backend");
    assertRefused(
        () -> key("elsewhere", "another", EC_SIGN_P256_SHA256), Code.NOT_FOUND, "another");
    assertRefused(
        () ->
            kms.createCryptoKey(
                ring,
                "software",
                CryptoKey.newBuilder()
                    .setPurpose(CryptoKeyPurpose.ENCRYPT_DECRYPT)
                    .setCryptoKeyBackend(server.singleTenantHsmName("ours"))
                    .build()),
        Code.INVALID_ARGUMENT,
        "crypto_key_backend");
  }

  private CryptoKey key(String id, String hsm, CryptoKeyVersionAlgorithm algorithm) {
    CryptoKey.Builder settings =
        CryptoKey.newBuilder()
            .setPurpose(
                algorithm == AES_256_KWP
                    ? CryptoKeyPurpose.AES_WRAPPING
                    : CryptoKeyPurpose.ASYMMETRIC_SIGN)
            .setCryptoKeyBackend(hsm.isEmpty() ? "" : server.singleTenantHsmName(hsm));
    settings
        .getVersionTemplateBuilder()
        .setProtectionLevel(ProtectionLevel.HSM_SINGLE_TENANT)
        .setAlgorithm(algorithm);
    return kms.createCryptoKey(
        CreateCryptoKeyRequest.newBuilder()
            .setParent(ring)
            .setCryptoKeyId(id)
            .setCryptoKey(settings)
            .setSkipInitialVersionCreation(true)
            .build());
  }

  private CryptoKeyVersion wrappable(CryptoKey key) {
    return kms.createCryptoKeyVersion(
        CreateCryptoKeyVersionRequest.newBuilder()
            .setParent(key.getName())
            .setCryptoKeyVersion(CryptoKeyVersion.newBuilder().setTrustedWrappingEnabled(true))
            .build());
  }

  private String wrappingKey(String id, String hsm) {
    return kms.createCryptoKeyVersion(
            key(id, hsm, AES_256_KWP).getName(), CryptoKeyVersion.getDefaultInstance())
        .getName();
  }

  private String trusted(String id, String hsm) {
    String version = wrappingKey(id, hsm);
    server.trust(version);
    assertThat(kms.getCryptoKeyVersion(version).getHsmTrusted()).isTrue();
    return version;
  }

  private ExportTrustedKeyWrappedCryptoKeyVersionResponse export(String version, String wrapping) {
    return kms.exportTrustedKeyWrappedCryptoKeyVersion(
        ExportTrustedKeyWrappedCryptoKeyVersionRequest.newBuilder()
            .setName(version)
            .setWrappingKey(wrapping)
            .build());
  }

  private static ImportTrustedKeyWrappedCryptoKeyVersionRequest request(
      CryptoKey into, String wrapping, CryptoKeyVersionAlgorithm algorithm, ByteString wrapped) {
    return ImportTrustedKeyWrappedCryptoKeyVersionRequest.newBuilder()
        .setParent(into.getName())
        .setImportingKey(wrapping)
        .setAlgorithm(algorithm)
        .setWrappedKey(wrapped)
        .build();
  }
}

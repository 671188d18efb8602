package dev.enclave.emulators;

import static dev.enclave.emulators.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.CreateKeyRequest;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.OriginType;

class CustomKeyStoresTest {

  private static final String HSM = "cks-1234567890abcdef0";
  private static final String EXTERNAL = "cks-9876543210fedcba9";

  private final AwsKmsServer server =
      AwsKmsServer.builder().cloudHsmKeyStore(HSM).externalKeyStore(EXTERNAL).start();
  private final KmsClient kms = Clients.kms(server);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  private static CreateKeyRequest.Builder inHsm() {
    return CreateKeyRequest.builder().origin(OriginType.AWS_CLOUDHSM).customKeyStoreId(HSM);
  }

  private KeyMetadata made(CreateKeyRequest.Builder request) {
    return kms.createKey(request.build()).keyMetadata();
  }

  @Test
  void saysWhereAKeyOfACloudHsmIs() {
    KeyMetadata key = made(inHsm());

    assertThat(kms.describeKey(r -> r.keyId(key.keyId())).keyMetadata())
        .returns(OriginType.AWS_CLOUDHSM, KeyMetadata::origin)
        .returns(HSM, KeyMetadata::customKeyStoreId)
        .returns(KeyState.ENABLED, KeyMetadata::keyState)
        .satisfies(found -> assertThat(found.cloudHsmClusterId()).startsWith("cluster-"))
        .satisfies(found -> assertThat(found.xksKeyConfiguration()).isNull());
  }

  @Test
  void saysWhereAnExternalKeyIs() {
    KeyMetadata key =
        made(
            CreateKeyRequest.builder()
                .origin(OriginType.EXTERNAL_KEY_STORE)
                .customKeyStoreId(EXTERNAL)
                .xksKeyId("bb8562717f809024"));

    assertThat(key.origin()).isEqualTo(OriginType.EXTERNAL_KEY_STORE);
    assertThat(key.customKeyStoreId()).isEqualTo(EXTERNAL);
    assertThat(key.xksKeyConfiguration().id()).isEqualTo("bb8562717f809024");
    assertThat(key.cloudHsmClusterId()).isNull();
  }

  @Test
  void makesItsKeysUnavailable_whileTheStoreIsDisconnected() {
    KeyMetadata key = made(inHsm());
    SdkBytes wrapped =
        kms.encrypt(r -> r.keyId(key.keyId()).plaintext(SdkBytes.fromUtf8String("secret")))
            .ciphertextBlob();
    server.disconnectKeyStore(HSM);

    assertThat(kms.describeKey(r -> r.keyId(key.keyId())).keyMetadata().keyState())
        .isEqualTo(KeyState.UNAVAILABLE);
    assertRefused(
        () -> kms.decrypt(r -> r.ciphertextBlob(wrapped)),
        "KMSInvalidStateException",
        " is unavailable: its custom key store is not connected.");
    assertRefused(() -> made(inHsm()), "CustomKeyStoreInvalidStateException", "");

    server.connectKeyStore(HSM);
    assertThat(kms.decrypt(r -> r.ciphertextBlob(wrapped)).plaintext().asUtf8String())
        .isEqualTo("secret");
  }

  @Test
  void refusesAKeyThatNoSuchStoreHolds() {
    assertRefused(
        () -> made(inHsm().keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY)),
        "UnsupportedOperationException",
        "symmetric encryption keys");
    assertRefused(
        () -> made(inHsm().multiRegion(true)), "UnsupportedOperationException", "one Region");
  }

  @Test
  void saysNothingOfAStore_toWhomMayMakeNoKey() {
    server.deny(Denial.of("kms:CreateKey"));
    assertRefused(
        () -> made(inHsm().customKeyStoreId("cks-0000000000000000f")), "AccessDeniedException", "");
  }

  @Test
  void refusesAStoreThatDoesNotFit() {
    assertRefused(
        () -> made(inHsm().customKeyStoreId("cks-0000000000000000f")),
        "CustomKeyStoreNotFoundException",
        "");
    assertRefused(
        () -> made(inHsm().customKeyStoreId(EXTERNAL)), "CustomKeyStoreInvalidStateException", "");
    assertRefused(
        () -> made(CreateKeyRequest.builder().origin(OriginType.AWS_CLOUDHSM)),
        "ValidationException",
        "requires a CustomKeyStoreId");
    assertRefused(
        () -> made(CreateKeyRequest.builder().customKeyStoreId(HSM)),
        "ValidationException",
        "requires Origin");
    assertRefused(() -> made(inHsm().xksKeyId("abc")), "ValidationException", "XksKeyId");
  }

  @Test
  void rotatesNothing() {
    KeyMetadata key = made(inHsm());

    assertRefused(
        () -> kms.enableKeyRotation(r -> r.keyId(key.keyId())),
        "UnsupportedOperationException",
        "custom key store");
  }
}

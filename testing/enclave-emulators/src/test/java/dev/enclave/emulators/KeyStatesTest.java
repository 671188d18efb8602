package dev.enclave.emulators;

import static dev.enclave.emulators.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.SignResponse;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.Tag;

class KeyStatesTest {

  private final ManualClock clock = new ManualClock();
  private final AwsKmsServer server = AwsKmsServer.builder().clock(clock).start();
  private final KmsClient kms = Clients.kms(server);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void describesANewKey() {
    KeyMetadata key =
        kms.createKey(
                create ->
                    create
                        .keySpec(KeySpec.ECC_NIST_P256)
                        .keyUsage(KeyUsageType.SIGN_VERIFY)
                        .description("for payments"))
            .keyMetadata();

    assertThat(kms.describeKey(describe -> describe.keyId(key.arn())).keyMetadata()).isEqualTo(key);
    assertThat(key.keyState()).isEqualTo(KeyState.ENABLED);
    assertThat(key.enabled()).isTrue();
    assertThat(key.origin()).isEqualTo(OriginType.AWS_KMS);
    assertThat(key.description()).isEqualTo("for payments");
    assertThat(key.signingAlgorithms()).containsExactly(SigningAlgorithmSpec.ECDSA_SHA_256);
    assertThat(key.arn()).isEqualTo("arn:aws:kms:eu-west-1:111122223333:key/" + key.keyId());
    assertThat(key.multiRegion()).isFalse();
    assertThat(key.customKeyStoreId()).isNull();
  }

  @Test
  void namesMultiRegionKeys_mrk() {
    KeyMetadata key = kms.createKey(create -> create.multiRegion(true)).keyMetadata();

    assertThat(key.keyId()).matches("mrk-[0-9a-f]{32}");
    assertThat(key.multiRegionConfiguration().primaryKey().arn()).isEqualTo(key.arn());
  }

  @Test
  void refusesADisabledKey_untilItIsEnabled() {
    String keyId = signingKey();
    kms.disableKey(disable -> disable.keyId(keyId));

    assertRefused(() -> sign(keyId), "DisabledException", " is disabled.");
    assertRefused(
        () -> kms.getPublicKey(get -> get.keyId(keyId)), "DisabledException", " is disabled.");
    kms.enableKey(enable -> enable.keyId(keyId));

    assertThat(sign(keyId).signature()).isNotNull();
  }

  @Test
  void refusesAKeyPendingDeletion_everything_butLooking() {
    String keyId = signingKey();
    kms.scheduleKeyDeletion(schedule -> schedule.keyId(keyId).pendingWindowInDays(7));

    assertRefused(() -> sign(keyId), "KMSInvalidStateException", " is pending deletion.");
    assertRefused(() -> kms.enableKey(enable -> enable.keyId(keyId)), "KMSInvalidStateException");
    assertRefused(
        () -> kms.disableKey(disable -> disable.keyId(keyId)), "KMSInvalidStateException");
    assertRefused(
        () -> kms.scheduleKeyDeletion(schedule -> schedule.keyId(keyId)),
        "KMSInvalidStateException");
    assertRefused(
        () -> kms.createAlias(create -> create.aliasName("alias/late").targetKeyId(keyId)),
        "KMSInvalidStateException");
    assertRefused(
        () ->
            kms.tagResource(
                tag -> tag.keyId(keyId).tags(Tag.builder().tagKey("a").tagValue("b").build())),
        "KMSInvalidStateException");
    assertThat(state(keyId)).isEqualTo(KeyState.PENDING_DELETION);
    assertThat(kms.listKeys().keys()).hasSize(1);
    assertThat(kms.listResourceTags(list -> list.keyId(keyId)).tags()).isEmpty();
  }

  @Test
  void cancelsADeletion_leavingTheKeyDisabled() {
    String keyId = signingKey();
    kms.scheduleKeyDeletion(schedule -> schedule.keyId(keyId));

    kms.cancelKeyDeletion(cancel -> cancel.keyId(keyId));

    assertThat(state(keyId)).isEqualTo(KeyState.DISABLED);
    assertRefused(
        () -> kms.cancelKeyDeletion(cancel -> cancel.keyId(keyId)),
        "KMSInvalidStateException",
        " is not pending deletion.");
    clock.advance(Duration.ofMinutes(4));
    assertThat(state(keyId)).isEqualTo(KeyState.DISABLED);
  }

  @Test
  void refusesWindows_outside7To30Days() {
    String keyId = signingKey();

    assertRefused(() -> schedule(keyId, 6), "ValidationException", "pendingWindowInDays");
    assertRefused(() -> schedule(keyId, 31), "ValidationException", "pendingWindowInDays");
  }

  private void schedule(String keyId, int days) {
    kms.scheduleKeyDeletion(schedule -> schedule.keyId(keyId).pendingWindowInDays(days));
  }

  @Test
  void refusesRotation_ofAsymmetricKeys() {
    String keyId = signingKey();

    assertRefused(
        () -> kms.enableKeyRotation(enable -> enable.keyId(keyId)),
        "UnsupportedOperationException");
    assertRefused(
        () -> kms.rotateKeyOnDemand(rotate -> rotate.keyId(keyId)),
        "UnsupportedOperationException");
    assertRefused(
        () -> kms.getKeyRotationStatus(get -> get.keyId(keyId)), "UnsupportedOperationException");
  }

  @Test
  void takesAliases_whereTheReferenceSaysSo_only() {
    String keyId = signingKey();
    kms.createAlias(create -> create.aliasName("alias/pay").targetKeyId(keyId));

    assertThat(sign("alias/pay").keyId()).endsWith(keyId);
    assertThat(sign("arn:aws:kms:eu-west-1:111122223333:alias/pay").keyId()).endsWith(keyId);
    assertRefused(() -> kms.disableKey(disable -> disable.keyId("alias/pay")), "NotFoundException");
    assertRefused(() -> kms.listResourceTags(list -> list.keyId("alias/pay")), "NotFoundException");
  }

  @Test
  void refusesIdentifiers_thatNameNoKey() {
    assertRefused(
        () -> sign("01234567-89ab-cdef-0123-456789abcdef"), "NotFoundException", "does not exist");
    assertRefused(() -> sign("alias/none"), "NotFoundException", "alias/none is not found.");
    assertRefused(() -> sign("arn:aws:s3:::bucket"), "InvalidArnException");
    assertRefused(
        () -> sign("arn:aws:kms:us-west-2:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"),
        "NotFoundException",
        "us-west-2");
  }

  private String signingKey() {
    return kms.createKey(
            create -> create.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
        .keyMetadata()
        .keyId();
  }

  private SignResponse sign(String keyId) {
    return kms.sign(
        sign ->
            sign.keyId(keyId)
                .message(SdkBytes.fromUtf8String("m"))
                .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256));
  }

  private KeyState state(String keyId) {
    return kms.describeKey(describe -> describe.keyId(keyId)).keyMetadata().keyState();
  }
}

package dev.enclave.emulators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.SignResponse;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.Tag;

/** Answers of AWS KMS that are wrong on purpose, as AWS's own SDK reads them. */
class WrongAnswersTest {

  private static final SdkBytes MESSAGE =
      SdkBytes.fromString("pay 3 to bob", StandardCharsets.UTF_8);

  private final FaultInjector faults = new FaultInjector();
  private final AwsKmsServer server = AwsKmsServer.builder().faults(faults).start();
  private final KmsClient kms = Clients.kms(server);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = KeySpec.class,
      names = {"ECC_NIST_P256", "ECC_SECG_P256_K1", "ECC_NIST_EDWARDS25519", "RSA_2048"})
  void anotherKeysSignatureIsWellFormed_namesTheKeyAsked_andDoesNotVerify(KeySpec spec) {
    String arn = create(spec);
    SignResponse right = sign(arn);
    inject("another-key");
    SignResponse wrong = sign(arn);

    assertThat(wrong.keyId()).isEqualTo(right.keyId());
    assertThat(wrong.signature().asByteArray().length)
        .isBetween(
            right.signature().asByteArray().length - 4, right.signature().asByteArray().length + 4);
    requireUnverifiable(arn, wrong);
    assertThat(server.journal().of("Sign").get(1).fault()).hasValue("wrong another-key");
  }

  @Test
  void aFlippedBitDoesNotVerify() {
    String arn = create(KeySpec.ECC_NIST_P256);
    inject("flipped-bit");

    requireUnverifiable(arn, sign(arn));
  }

  @Test
  void anotherKeyIdIsThatOfNoKey_andTheSignatureIsGood() {
    String arn = create(KeySpec.ECC_NIST_P256);
    inject("another-key-id");
    SignResponse wrong = sign(arn);

    assertThat(wrong.keyId()).isNotEqualTo(arn).startsWith("arn:aws:kms:");
    assertThat(verifies(arn, wrong)).isTrue();
  }

  @Test
  void anotherAlgorithmIsNamed_andTheSignatureIsGood() {
    String arn = create(KeySpec.ECC_NIST_P256);
    inject("another-algorithm");
    SignResponse wrong = sign(arn);

    assertThat(wrong.signingAlgorithm()).isEqualTo(SigningAlgorithmSpec.RSASSA_PSS_SHA_512);
    assertThat(verifies(arn, wrong)).isTrue();
  }

  @Test
  void aKeyMayBeMadeWithoutItsTags() {
    inject("CreateKey", "unlabelled");
    String arn =
        kms.createKey(r -> r.tags(Tag.builder().tagKey("owner").tagValue("payments").build()))
            .keyMetadata()
            .arn();

    assertThat(kms.listResourceTags(r -> r.keyId(arn)).tags()).isEmpty();
  }

  private void inject(String wrongAnswer) {
    inject("Sign", wrongAnswer);
  }

  private void inject(String operation, String wrongAnswer) {
    faults.follow(FaultPlan.NONE.every(operation, 1, Fault.wrong(wrongAnswer)));
  }

  private String create(KeySpec spec) {
    return kms.createKey(r -> r.keySpec(spec).keyUsage(KeyUsageType.SIGN_VERIFY))
        .keyMetadata()
        .arn();
  }

  private SignResponse sign(String arn) {
    return kms.sign(r -> r.keyId(arn).message(MESSAGE).signingAlgorithm(algorithm(arn)));
  }

  private SigningAlgorithmSpec algorithm(String arn) {
    return kms.getPublicKey(r -> r.keyId(arn)).signingAlgorithms().get(0);
  }

  private boolean verifies(String arn, SignResponse signed) {
    return kms.verify(
            r ->
                r.keyId(arn)
                    .message(MESSAGE)
                    .signature(signed.signature())
                    .signingAlgorithm(algorithm(arn)))
        .signatureValid();
  }

  private void requireUnverifiable(String arn, SignResponse signed) {
    assertThatThrownBy(() -> verifies(arn, signed))
        .isInstanceOf(KmsInvalidSignatureException.class);
  }
}

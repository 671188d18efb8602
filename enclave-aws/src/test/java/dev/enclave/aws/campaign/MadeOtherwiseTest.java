package dev.enclave.aws.campaign;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.ServiceResponse;
import dev.enclave.error.EnclaveException;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** KMS says that it made another key than it was asked for: the message says what differs. */
class MadeOtherwiseTest {

  @ParameterizedTest
  @CsvSource({
    "AWS_KMS, EXTERNAL_KEY_STORE, of origin EXTERNAL_KEY_STORE",
    "SIGN_VERIFY, KEY_AGREEMENT, ECC_NIST_P256 for KEY_AGREEMENT"
  })
  void saysWhichOfKindUsageAndOriginDiffers(String asked, String made, String told) {
    Interceptor otherwise =
        (request, service) -> {
          ServiceResponse right = service.handle(request);
          String body = new String(right.body(), StandardCharsets.UTF_8);
          return Delivery.answer(
              request.operation().equals("CreateKey")
                  ? right.withBody(
                      body.replace('"' + asked + '"', '"' + made + '"')
                          .getBytes(StandardCharsets.UTF_8))
                  : right);
        };
    try (AwsKmsServer server = AwsKmsServer.builder().interceptor(otherwise).start();
        Enclave enclave =
            AwsUnderTest.deployment(server)
                .builder(new AwsUnderTest())
                .with(new SkippingTime())
                .with(new RecordingAuditSink())
                .open()) {
      assertThatThrownBy(
              () ->
                  enclave.createKey(
                      KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256)))
          .isInstanceOf(EnclaveException.class)
          .hasMessageContaining("asked for a key ECC_NIST_P256 for SIGN_VERIFY of origin AWS_KMS")
          .hasMessageContaining(told)
          .hasMessageNotContaining("..");
    }
  }
}

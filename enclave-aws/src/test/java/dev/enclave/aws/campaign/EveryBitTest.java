package dev.enclave.aws.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import dev.enclave.error.IntegrityException;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One bit of a signature is another on its way, each bit once: none of them is released. */
@Tag("full")
class EveryBitTest {

  private static final Pattern SIGNATURE = Pattern.compile("(\"Signature\" ?: ?\")([^\"]+)(\")");
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private volatile int flipped = -1;
  private volatile int bits;

  @ParameterizedTest
  @EnumSource(names = {"ECDSA_SECP256K1_SHA256", "ED25519"})
  void releasesNoSignature_whicheverBitIsWrong(SigningAlgorithm algorithm) {
    try (AwsKmsServer server = AwsKmsServer.builder().interceptor(this::intercept).start();
        Enclave enclave =
            AwsUnderTest.deployment(server)
                .builder(new AwsUnderTest())
                .with(new SkippingTime())
                .with(new RecordingAuditSink())
                .open()) {
      SigningKey key = enclave.createKey(KeySpec.named("wallet").algorithm(algorithm));
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      // A signature of ECDSA may be a byte shorter the next time.
      int all = bits - 2 * 8;
      assertThat(all).isGreaterThan(480);
      for (int bit = 0; bit < all; bit++) {
        flipped = bit;
        assertThat(
                catchThrowableOfType(
                    IntegrityException.class, () -> key.sign(MESSAGE, Claims.PATIENTLY)))
            .as("with bit " + bit + " flipped")
            .isNotNull();
      }
      flipped = -1;
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  private Delivery intercept(ServiceRequest request, Service service) {
    ServiceResponse right = service.handle(request);
    return Delivery.answer(
        request.operation().equals("Sign") && right.status() == 200 ? changed(right) : right);
  }

  private ServiceResponse changed(ServiceResponse right) {
    Matcher signature = SIGNATURE.matcher(new String(right.body(), StandardCharsets.UTF_8));
    if (!signature.find()) {
      throw new AssertionError("the answer to Sign has no signature");
    }
    byte[] bytes = Base64.getDecoder().decode(signature.group(2));
    bits = bytes.length * 8;
    if (flipped >= 0) {
      bytes[flipped / 8] ^= (byte) (1 << (flipped % 8));
    }
    String body = signature.replaceFirst("$1" + Base64.getEncoder().encodeToString(bytes) + "$3");
    return right.withBody(body.getBytes(StandardCharsets.UTF_8));
  }
}

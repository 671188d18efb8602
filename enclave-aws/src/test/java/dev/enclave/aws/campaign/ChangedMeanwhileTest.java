package dev.enclave.aws.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Somebody changes a key between two requests of one reading. */
@Tag("full")
class ChangedMeanwhileTest {

  private final AtomicBoolean armed = new AtomicBoolean();

  @Test
  void aKeyTakenOutOfUseWhileItIsReadIsReadAgain() {
    try (AwsKmsServer server = AwsKmsServer.builder().interceptor(this::intercept).start()) {
      try (Enclave enclave = open(server)) {
        enclave.createKey(KeySpec.named("busy").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      }
      armed.set(true);
      try (Enclave other = open(server)) {
        assertThat(other.admin().listKeys().keys())
            .singleElement()
            .satisfies(
                key ->
                    assertThat(key.versions())
                        .extracting(KeyVersion::state)
                        .containsExactly(KeyState.DISABLED));
      }
      assertThat(armed).isFalse();
    }
  }

  private Delivery intercept(ServiceRequest request, Service service) {
    if (request.operation().equals("GetPublicKey") && armed.compareAndSet(true, false)) {
      service.handle(request.named("DisableKey"));
    }
    return Delivery.answer(service.handle(request));
  }

  private static Enclave open(AwsKmsServer server) {
    return AwsUnderTest.deployment(server)
        .builder(new AwsUnderTest())
        .with(new SkippingTime())
        .with(new RecordingAuditSink())
        .open();
  }
}

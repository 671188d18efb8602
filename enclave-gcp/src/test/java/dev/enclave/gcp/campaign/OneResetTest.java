package dev.enclave.gcp.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A connection that breaks takes along every call that it carries, and the engine repeats ten at
 * once out of its budget: so many callers are spread over several connections.
 */
class OneResetTest {

  private static final int CALLERS = 64;
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final AtomicInteger arrived = new AtomicInteger();
  private final CountDownLatch broken = new CountDownLatch(1);

  /**
   * All wait at the server until the last one has broken its connection: then one of those comes
   * again that the connection carried.
   */
  private Delivery intercept(ServiceRequest request, Service service) {
    if (request.operation().equals("AsymmetricSign")) {
      int number = arrived.incrementAndGet();
      if (number == CALLERS) {
        return Delivery.reset();
      }
      if (number > CALLERS) {
        broken.countDown();
      }
      await(broken);
    }
    return Delivery.answer(service.handle(request));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void noSignatureIsLost_whenOneOfTheConnectionsBreaksUnderSixtyFourCallers() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try (CloudServer server =
            GcpUnderTest.start(GcpKmsServer.builder().interceptor(this::intercept));
        Enclave enclave =
            server.deployment().builder(new GcpUnderTest()).with(new RecordingAuditSink()).open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("busy").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      int before = server.journal().size();
      List<Future<SignatureValue>> signing = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        signing.add(threads.submit(() -> key.sign(MESSAGE, Claims.PATIENTLY)));
      }
      for (Future<SignatureValue> signature : signing) {
        assertThat(key.verify(MESSAGE, signature.get())).isTrue();
      }
      long requests =
          server.journal().stream()
              .skip(before)
              .filter(entry -> entry.operation().equals("AsymmetricSign"))
              .count();
      assertThat(requests)
          .as("calls that the reset took along were sent again")
          .isBetween(CALLERS + 4L, CALLERS + 10L);
    } finally {
      threads.shutdownNow();
    }
  }
}

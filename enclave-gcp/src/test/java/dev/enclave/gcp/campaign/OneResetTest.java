package dev.enclave.gcp.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.campaign.cloud.CloudServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * A connection that breaks takes along every call that it carries, and the engine repeats ten at
 * once out of its budget: so many callers are spread over several connections.
 */
class OneResetTest {

  private static final int CALLERS = 64;
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  @Test
  void noSignatureIsLost_whenOneOfTheConnectionsBreaksUnderSixtyFourCallers() throws Exception {
    FaultInjector faults = new FaultInjector(FaultPlan.NONE);
    GcpUnderTest cloud = new GcpUnderTest();
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try (CloudServer server = cloud.start(faults, InstantSource.system());
        Enclave enclave =
            server.deployment().builder(cloud).with(new RecordingAuditSink()).open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("busy").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      int before = server.journal().size();
      // All wait at the server until the last one breaks its connection.
      faults.follow(
          FaultPlan.NONE
              .between("AsymmetricSign", 1, CALLERS - 1, Fault.latency(Duration.ofSeconds(1)))
              .on("AsymmetricSign", CALLERS, Fault.resetBefore()));
      List<Future<SignatureValue>> signing = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        signing.add(threads.submit(() -> key.sign(MESSAGE)));
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

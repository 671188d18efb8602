package dev.enclave.aws.internal;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.startup.EnclaveFactory;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More callers than connections: those who wait say nothing of KMS. */
@Timeout(120)
class LocalLoadTest {

  private static final int CONNECTIONS = 4;
  private static final int WAITING = 24;
  private static final Message MESSAGE = Message.ofUtf8("pay");

  /** For those who have a connection. */
  private static final SignOptions PATIENT =
      SignOptions.defaults().deadline(Duration.ofMinutes(1));

  /** Longer than the second after which silence is one. */
  private static final SignOptions WAITS = SignOptions.defaults().deadline(Duration.ofSeconds(2));

  private final FaultInjector injector = new FaultInjector();
  private final AwsKmsServer server = AwsKmsServer.builder().faults(injector).start();
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final CountDownLatch answering = new CountDownLatch(1);

  @AfterEach
  void stop() {
    answering.countDown();
    callers.shutdownNow();
    server.close();
  }

  private Enclave open() {
    Map<String, String> settings = new HashMap<>();
    settings.putAll(Openings.settings(server, server.credentials().secretAccessKey()));
    settings.put("enclave.aws-kms.connections", Integer.toString(CONNECTIONS));
    return EnclaveFactory.builder()
        .discovery(false)
        .with(new AwsKmsBackendProvider())
        .with(FakeEnvironment.empty())
        .with(new RecordingAuditSink())
        .config(new ConfigSource("test", settings))
        .open();
  }

  /** Has a request on every connection, whose answers wait. */
  private List<Future<?>> occupied(SigningKey key) throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(CONNECTIONS);
    injector.watch(
        operation -> {
          arrived.countDown();
          await(answering);
        });
    List<Future<?>> held = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      held.add(callers.submit(() -> key.sign(MESSAGE, PATIENT)));
    }
    assertThat(arrived.await(1, MINUTES)).isTrue();
    return held;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whoWaitsForAConnection_isTold_andNothingIsHeldBack() throws Exception {
    try (Enclave enclave = open()) {
      SigningKey key =
          enclave.createKey(
              KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      key.sign(MESSAGE);
      List<Future<?>> held = occupied(key);
      List<Future<EnclaveException>> waiting = new ArrayList<>();
      for (int i = 0; i < WAITING; i++) {
        waiting.add(
            callers.submit(
                () ->
                    catchThrowableOfType(EnclaveException.class, () -> key.sign(MESSAGE, WAITS))));
      }
      for (Future<EnclaveException> one : waiting) {
        EnclaveException failure = one.get();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.LOCAL_LOAD);
        assertThat(failure.retryable()).isTrue();
        assertThat(failure)
            .hasMessageContaining("none of this process's 4 connections was free")
            .hasMessageContaining("enclave.aws-kms.connections");
      }
      assertThat(enclave.health().findings())
          .filteredOn(finding -> finding.severity() != Severity.WARNING)
          .isEmpty();
      assertThat(enclave.health().findings())
          .extracting(Finding::code)
          .contains(ErrorCode.LOCAL_LOAD);
      answering.countDown();
      for (Future<?> one : held) {
        one.get();
      }
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      assertThat(enclave.health().healthy()).isTrue();
    }
  }
}

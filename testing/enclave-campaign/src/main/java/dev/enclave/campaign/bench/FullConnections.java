package dev.enclave.campaign.bench;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A request on every connection of a client, whose answers wait until the test lets them go; and
 * more callers, who get no connection.
 */
public final class FullConnections implements AutoCloseable {

  /** More than the failures in a row after which calls are held back. */
  private static final int WAITING = 24;

  private static final Message MESSAGE = Message.ofUtf8("pay");

  /** For those who have a connection. */
  private static final SignOptions PATIENT = SignOptions.defaults().deadline(Duration.ofMinutes(1));

  /** Longer than the second after which silence is one. */
  private static final SignOptions WAITS = SignOptions.defaults().deadline(Duration.ofSeconds(2));

  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final CountDownLatch answering = new CountDownLatch(1);
  private final FaultInjector injector;
  private final int connections;

  /** Of a client that sends so many requests at once, to the injector's server. */
  public FullConnections(FaultInjector injector, int connections) {
    this.injector = injector;
    this.connections = connections;
  }

  /**
   * Asserts that who gets no connection is told so, that health tells it as load, and that the
   * backend is asked by the next caller.
   *
   * @param advice what the failure says besides
   */
  public void requireNoOutage(Enclave enclave, String... advice) throws Exception {
    SigningKey key =
        enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    key.sign(MESSAGE);
    List<Future<?>> held = occupied(key);
    List<Future<EnclaveException>> waiting = new ArrayList<>();
    for (int i = 0; i < WAITING; i++) {
      waiting.add(
          callers.submit(
              () -> catchThrowableOfType(EnclaveException.class, () -> key.sign(MESSAGE, WAITS))));
    }
    for (Future<EnclaveException> one : waiting) {
      EnclaveException failure = one.get();
      assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.LOCAL_LOAD);
      assertThat(failure.retryable()).isTrue();
      assertThat(failure).hasMessageContainingAll(advice);
    }
    List<Finding> findings = enclave.health().findings();
    assertThat(findings).extracting(Finding::code).contains(ErrorCode.LOCAL_LOAD);
    assertThat(findings).extracting(Finding::severity).containsOnly(Severity.WARNING);
    answering.countDown();
    for (Future<?> one : held) {
      one.get();
    }
    assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    assertThat(enclave.health().findings())
        .extracting(Finding::code)
        .doesNotContain(ErrorCode.LOCAL_LOAD);
  }

  private List<Future<?>> occupied(SigningKey key) throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(connections);
    injector.watch(
        operation -> {
          arrived.countDown();
          awaitAnswering();
        });
    List<Future<?>> held = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      held.add(callers.submit(() -> key.sign(MESSAGE, PATIENT)));
    }
    assertThat(arrived.await(1, MINUTES)).as("a request on each connection").isTrue();
    return held;
  }

  private void awaitAnswering() {
    try {
      answering.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    answering.countDown();
    callers.shutdownNow();
  }
}

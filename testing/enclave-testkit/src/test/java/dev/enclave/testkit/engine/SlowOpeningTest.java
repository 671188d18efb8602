package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.InMemoryProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A backend besides the resolved one that takes its time to open. */
class SlowOpeningTest {

  private static final KeySpec<SigningKey> NEAR =
      KeySpec.named("near").algorithm(SigningAlgorithm.ED25519);
  private static final KeySpec<SigningKey> FAR =
      KeySpec.named("far").algorithm(SigningAlgorithm.ED25519).on(BackendId.of("slow"));

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger openings = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();
  private final CompletableFuture<String> closed = new CompletableFuture<>();
  private final Bench bench =
      Bench.in("production")
          .set("enclave.backend", "memory")
          .with(new InMemoryProvider())
          .with(
              new BentProvider("slow")
                  .before("open", this::open)
                  .before("close", () -> closed.complete("closed")));
  private final ExecutorService pool = Executors.newCachedThreadPool();

  @AfterEach
  void endThreads() {
    released.countDown();
    pool.shutdown();
  }

  @Test
  void keysOfAnotherBackendAreUsed_whileOneIsOpened() throws Exception {
    try (Enclave enclave = bench.open()) {
      KeyHandle near = enclave.createKey(NEAR).handle();
      Future<?> waiting = pool.submit(() -> enclave.createKey(FAR));
      asked.await();
      assertThat(soon(pool.submit(() -> enclave.signingKeys().key(near))).handle()).isEqualTo(near);
      released.countDown();
      soon(waiting);
    }
  }

  @Test
  void manyCallers_shareOneOpening() throws Exception {
    try (Enclave enclave = bench.open()) {
      List<Future<?>> callers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        callers.add(pool.submit(() -> enclave.ensureKey(FAR)));
      }
      asked.await();
      released.countDown();
      for (Future<?> caller : callers) {
        soon(caller);
      }
      assertThat(openings).hasValue(1);
    }
  }

  @Test
  void closingDoesNotWait_andClosesWhatOpensLater() throws Exception {
    Enclave enclave = bench.open();
    Future<?> waiting = pool.submit(() -> enclave.createKey(FAR));
    asked.await();
    soon(pool.submit(enclave::close));
    assertThatThrownBy(() -> soon(waiting))
        .cause()
        .isInstanceOfSatisfying(
            EnclaveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    released.countDown();
    assertThat(soon(closed)).isEqualTo("closed");
  }

  @Test
  void whoeverWaits_canBeInterrupted_andTheOpeningGoesOn() throws Exception {
    try (Enclave enclave = bench.open()) {
      CompletableFuture<Thread> caller = new CompletableFuture<>();
      Future<?> waiting =
          pool.submit(
              () -> {
                caller.complete(Thread.currentThread());
                enclave.createKey(FAR);
              });
      asked.await();
      caller.get().interrupt();
      assertThatThrownBy(() -> soon(waiting))
          .cause()
          .isInstanceOfSatisfying(
              EnclaveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
      released.countDown();
      enclave.createKey(FAR);
      assertThat(openings).hasValue(1);
    }
  }

  @Test
  void aFailureIsRememberedForAMoment() {
    released.countDown();
    failures.set(1);
    try (Enclave enclave = bench.open()) {
      String first = refused(ErrorCode.ACCESS_DENIED, () -> enclave.createKey(FAR));
      assertThat(refused(ErrorCode.ACCESS_DENIED, () -> enclave.createKey(FAR))).isEqualTo(first);
      assertThat(openings).hasValue(1);
      bench.clock.advance(Duration.ofSeconds(5));
      enclave.createKey(FAR);
      assertThat(openings).hasValue(2);
    }
  }

  private static <T> T soon(Future<T> future) throws Exception {
    return future.get(1, TimeUnit.MINUTES);
  }

  /** Opens when told to, whatever interrupts it. */
  private void open() throws BackendFailure {
    openings.incrementAndGet();
    asked.countDown();
    boolean waiting = true;
    while (waiting) {
      try {
        released.await();
        waiting = false;
      } catch (InterruptedException e) {
        // It hangs on.
      }
    }
    if (failures.getAndDecrement() > 0) {
      throw BackendFailure.permanent(FailureCode.ACCESS_DENIED, "It may not. Grant it.");
    }
  }
}

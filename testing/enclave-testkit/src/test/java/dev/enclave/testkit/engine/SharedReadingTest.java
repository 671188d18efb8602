package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many threads of one process ask for the same at once: the backend is not asked by each. */
class SharedReadingTest {

  private static final int MANY = 25;

  private final BentProvider bent = new BentProvider("bent");
  private final Bench bench = Bench.in("production").with(bent);

  @Test
  void thoseWhoWaitForAReadingShareTheNextOne() throws Exception {
    AtomicInteger loads = new AtomicInteger();
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Enclave enclave = bench.open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519));
      bent.after(
          "load",
          () -> {
            loads.incrementAndGet();
            reading.countDown();
            await(goOn);
          });
      List<Thread> readers = new ArrayList<>();
      readers.add(started(key::info));
      await(reading);
      for (int i = 1; i < MANY; i++) {
        readers.add(started(key::info));
      }
      while (!readers.stream().skip(1).allMatch(SharedReadingTest::waits)) {
        Thread.onSpinWait();
      }
      goOn.countDown();
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(loads).hasValue(2);
      key.info();
      assertThat(loads).hasValue(3);
    }
  }

  private static Thread started(Runnable task) {
    Thread thread = new Thread(task);
    thread.start();
    return thread;
  }

  /** For its turn, which has a deadline. */
  private static boolean waits(Thread thread) {
    return thread.getState() == Thread.State.TIMED_WAITING;
  }

  @Test
  void rotatorsOfOneProcessMakeOneVersionAmongThem() throws Exception {
    AtomicInteger prepared = new AtomicInteger();
    AtomicInteger conflicts = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(MANY);
    try (Enclave enclave = bench.open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519));
      KeyVersionId first = key.activeVersion().id();
      bent.after("prepare", prepared::incrementAndGet);
      Callable<Void> rotator =
          () -> {
            try {
              enclave.admin().key(key.handle()).rotate(RotationRequest.ifActive(first));
            } catch (EnclaveException e) {
              assertThat(e.code()).isEqualTo(ErrorCode.ROTATION_CONFLICT);
              conflicts.incrementAndGet();
            }
            return null;
          };
      for (Future<Void> one : threads.invokeAll(Collections.nCopies(MANY, rotator))) {
        one.get();
      }
      assertThat(conflicts).hasValue(MANY - 1);
      assertThat(prepared).hasValue(1);
      assertThat(key.info().versions()).hasSize(2);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No lock is held while a backend signs that another signature waits for. */
class SigningAtOnceTest {

  private static final int THREADS = 4;
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final CyclicBarrier all = new CyclicBarrier(THREADS);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void manyThreadsAreInTheBackendTogether_withOneKey(boolean remote) throws Exception {
    BentProvider bent = new BentProvider("bent").before("sign", this::meet);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try (Enclave enclave = Bench.in("production").with(remote ? bent : bent.local()).open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ED25519));
      List<Future<SignatureValue>> signatures = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        signatures.add(pool.submit(() -> key.sign(MESSAGE)));
      }
      for (Future<SignatureValue> signature : signatures) {
        assertThat(key.verify(MESSAGE, signature.get(60, TimeUnit.SECONDS))).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private void meet() {
    try {
      all.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("the others did not come: " + e.getClass().getName());
    }
  }
}

package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.admin.SuccessionStatement;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.InMemoryProvider;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RotationTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final Bench bench = Bench.in("production").with(new InMemoryProvider());

  private static SigningKey newKey(Enclave enclave) {
    return enclave.createKey(
        KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }

  @Test
  void keepsOldSignaturesValid_andSignsWithTheNewVersion() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = newKey(enclave);
      SignatureValue old = key.sign(MESSAGE);
      RotationResult result =
          enclave
              .admin()
              .key(key.handle())
              .rotate(
                  RotationRequest.ifActive(key.activeVersion()).reason(RotationReason.SCHEDULED));
      assertThat(result.previous().state()).isEqualTo(KeyState.VERIFY_ONLY);
      assertThat(key.sign(MESSAGE).version()).isEqualTo(result.active().id());
      assertThat(key.verify(MESSAGE, old)).isTrue();
      assertThat(key.verify(MESSAGE, old.toByteArray(), old.encoding())).isTrue();
      assertThat(key.publicKeys().entries()).hasSize(2);
    }
  }

  @Test
  void givesAStatementOfTheOldVersionOnTheNewOne() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = newKey(enclave);
      SignatureVerifier trusted = SignatureVerifier.of(key.publicKey());
      SuccessionStatement statement =
          enclave.admin().key(key.handle()).rotate(RotationRequest.now()).statement().orElseThrow();
      assertThat(trusted.verify(statement.message(), statement.signature())).isTrue();
      assertThat(statement.toFingerprint()).isEqualTo(key.publicKey().fingerprint());
    }
  }

  @Test
  void stopsTheOldVersionVerifying_whenItIsCompromised() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = newKey(enclave);
      SignatureValue old = key.sign(MESSAGE);
      RotationResult result =
          enclave
              .admin()
              .key(key.handle())
              .rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
      assertThat(result.previous().state()).isEqualTo(KeyState.DISABLED);
      assertThat(result.statement()).isEmpty();
      assertThat(key.verify(MESSAGE, old)).isFalse();
      assertThat(key.verify(MESSAGE, old.toByteArray(), old.encoding())).isFalse();
    }
  }

  @Test
  void refusesToRotateWhatIsNoLongerActive() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = newKey(enclave);
      RotationRequest request = RotationRequest.ifActive(key.activeVersion());
      enclave.admin().key(key.handle()).rotate(request);
      refused(ErrorCode.ROTATION_CONFLICT, () -> enclave.admin().key(key.handle()).rotate(request));
      assertThat(key.info().versions()).hasSize(2);
    }
  }

  @Test
  void letsOneOfManyRotatorsWin_andTheOthersLeaveNothing() throws Exception {
    try (Enclave enclave = bench.open()) {
      SigningKey key = newKey(enclave);
      RotationRequest request = RotationRequest.ifActive(key.activeVersion());
      int racers = 16;
      ExecutorService pool = Executors.newFixedThreadPool(racers);
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Boolean>> racing =
          IntStream.range(0, racers)
              .mapToObj(
                  i ->
                      pool.submit(
                          () -> {
                            start.await();
                            try {
                              enclave.admin().key(key.handle()).rotate(request);
                              return true;
                            } catch (dev.enclave.error.UsageException e) {
                              assertThat(e.code()).isEqualTo(ErrorCode.ROTATION_CONFLICT);
                              return false;
                            }
                          }))
              .toList();
      start.countDown();
      int winners = 0;
      for (Future<Boolean> racer : racing) {
        winners += racer.get() ? 1 : 0;
      }
      pool.shutdown();
      assertThat(winners).isEqualTo(1);
      assertThat(key.info().versions())
          .filteredOn(v -> v.state() != KeyState.DESTROYED)
          .extracting(v -> v.state())
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
    }
  }
}

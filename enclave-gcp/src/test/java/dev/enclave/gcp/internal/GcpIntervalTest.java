package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A change of the interval is recorded as an activation is, so that no other change is lost. */
class GcpIntervalTest {

  private static final RotationInterval QUARTERLY = RotationInterval.every(Duration.ofDays(90));
  private static final RotationInterval MONTHLY = RotationInterval.every(Duration.ofDays(30));

  private final Bench bench = Bench.start();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void losesNeitherChange_whenAVersionIsActivatedMeanwhile() throws BackendFailure {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    RotateRequest request =
        RotateRequest.of(
            key.name(), key.active().orElseThrow().id(), "rotate", KeyState.VERIFY_ONLY);
    KeyVersion next = bench.backend().prepare(request, bench.call());
    CapableBackend another = bench.another();
    meanwhile(() -> another.activate(request, next.id(), call("rotate")));

    KeySnapshot changed = bench.backend().changeInterval(key.name(), QUARTERLY, call("interval"));

    assertThat(changed.active().orElseThrow().id()).isEqualTo(next.id());
    assertThat(changed.rotation()).isEqualTo(QUARTERLY);
    assertThat(another.load(key.name(), bench.call())).isEqualTo(changed);
    another.close();
  }

  @Test
  void losesNeitherChange_whenTheIntervalIsChangedDuringAnActivation() throws BackendFailure {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    RotateRequest request =
        RotateRequest.of(
            key.name(), key.active().orElseThrow().id(), "rotate", KeyState.VERIFY_ONLY);
    KeyVersion next = bench.backend().prepare(request, bench.call());
    CapableBackend another = bench.another();
    meanwhile(() -> another.changeInterval(key.name(), QUARTERLY, call("interval")));

    KeySnapshot activated = bench.backend().activate(request, next.id(), call("rotate"));

    assertThat(activated.active().orElseThrow().id()).isEqualTo(next.id());
    assertThat(activated.rotation()).isEqualTo(QUARTERLY);
    another.close();
  }

  @Test
  void letsTheLastChangeHold_ofTwoAtOnce() throws BackendFailure {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    CapableBackend another = bench.another();
    meanwhile(() -> another.changeInterval(key.name(), MONTHLY, call("monthly")));

    KeySnapshot changed = bench.backend().changeInterval(key.name(), QUARTERLY, call("quarterly"));

    assertThat(changed.rotation()).isEqualTo(QUARTERLY);
    assertThat(another.load(key.name(), bench.call()).rotation()).isEqualTo(QUARTERLY);
    another.close();
  }

  @FunctionalInterface
  private interface Work {
    void run() throws BackendFailure;
  }

  /** Before the next record is made, which goes by a reading of before. */
  private void meanwhile(Work work) {
    bench
        .tampering()
        .requests(
            "CreateCryptoKey",
            request -> {
              bench.tampering().stop();
              try {
                work.run();
              } catch (BackendFailure e) {
                throw new AssertionError(e);
              }
              return request;
            });
  }

  private CallContext call(String operationId) {
    return CallContext.of(
        operationId, 1, Deadline.in(Duration.ofSeconds(30), bench.clock()), bench.clock());
  }
}

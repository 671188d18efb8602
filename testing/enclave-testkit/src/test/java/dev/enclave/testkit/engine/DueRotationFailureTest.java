package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationReport;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is said when some of the keys that were due could not be rotated. */
class DueRotationFailureTest {

  private static final String KEY_TEXT = "9f".repeat(32);

  private final BentProvider bent = new BentProvider("bent");
  private final Bench bench = Bench.in("production").with(bent);

  private RotationReport rotate(int working) {
    try (Enclave enclave = bench.open()) {
      for (String name : new String[] {"first", "second", "third"}) {
        enclave.createKey(
            KeySpec.named(name)
                .algorithm(SigningAlgorithm.ED25519)
                .rotation(RotationInterval.every(Duration.ofDays(30))));
      }
      bench.clock.advance(Duration.ofDays(31));
      AtomicInteger asked = new AtomicInteger();
      bent.before(
          "prepare",
          () -> {
            if (asked.incrementAndGet() > working) {
              throw BackendFailure.permanent(
                  FailureCode.ACCESS_DENIED, "no right to rotate\r\n${jndi:x} " + KEY_TEXT);
            }
          });
      return enclave.admin().rotateDue();
    }
  }

  @Test
  void tellsWhatWasRotated_andTheErrorOfEachThatFailed() {
    RotationReport report = rotate(1);

    assertThat(report.rotated()).hasSize(1);
    assertThat(report.overtaken()).isEmpty();
    assertThat(report.complete()).isFalse();
    assertThat(report.failed()).hasSize(2);
    assertThat(report.failed().values())
        .allSatisfy(
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
              assertThat(failure).hasNoCause();
              assertThat(failure.getMessage())
                  .contains("no right to rotate", "[withheld]")
                  .doesNotContain(KEY_TEXT, "\n", "\r", "${");
            });
    assertThat(report.failed()).doesNotContainKey(report.rotated().get(0).key().name());
  }

  @Test
  void triesEveryKey_whenAllFail() {
    RotationReport report = rotate(0);

    assertThat(report.rotated()).isEmpty();
    assertThat(report.failed()).hasSize(3);
  }

  @Test
  void tellsWhatSomebodyElseRotatedFirst() {
    try (Enclave enclave = bench.open()) {
      SigningKey key =
          enclave.createKey(
              KeySpec.named("first")
                  .algorithm(SigningAlgorithm.ED25519)
                  .rotation(RotationInterval.every(Duration.ofDays(30))));
      bench.clock.advance(Duration.ofDays(31));
      AtomicBoolean overtaken = new AtomicBoolean();
      bent.before(
          "prepare",
          () -> {
            if (overtaken.compareAndSet(false, true)) {
              throw BackendFailure.permanent(FailureCode.CONFLICT, "another version is active");
            }
          });

      RotationReport report = enclave.admin().rotateDue();

      assertThat(report.overtaken()).containsExactly(key.handle().name());
      assertThat(report.rotated()).isEmpty();
      assertThat(report.complete()).isTrue();
    }
  }
}

package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.EnclaveException;
import dev.enclave.ErrorCode;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeySpec;
import dev.enclave.RotationInterval;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is said when some of the keys that were due could not be rotated. */
class DueRotationFailureTest {

  private static final String KEY_TEXT = "9f".repeat(32);

  private final BentProvider bent = new BentProvider("bent");
  private final Bench bench = Bench.in("production").with(bent);

  private EnclaveException failedRotation(int working) {
    try (Enclave enclave = bench.open()) {
      for (String name : new String[] {"first", "second", "third"}) {
        enclave.createKey(
            KeySpec.named(name)
                .algorithm(KeyAlgorithm.ED25519)
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
      return catchThrowableOfType(EnclaveException.class, enclave::rotateDue);
    }
  }

  @Test
  void namesWhatWasRotatedAllTheSame_withTheCodeOfTheFirstFailure() {
    EnclaveException failure = failedRotation(1);

    assertThat(failure.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
    assertThat(failure.getMessage())
        .contains("no right to rotate")
        .containsPattern("Rotated all the same: (first|second|third) to version 2\\.$");
    assertThat(failure.getSuppressed()).hasSize(1);
  }

  @Test
  void saysNothingOfRotatedKeys_whenThereAreNone() {
    EnclaveException failure = failedRotation(0);

    assertThat(failure.getMessage()).doesNotContain("Rotated all the same");
    assertThat(failure.getSuppressed()).hasSize(2);
  }

  @Test
  void quotesTheBackendWithoutKeysOrControlCharacters() {
    EnclaveException failure = failedRotation(1);

    assertThat(failure).hasNoCause();
    assertThat(failure.getMessage())
        .contains("[withheld]")
        .doesNotContain(KEY_TEXT, "\n", "\r", "${");
    assertThat(failure.getSuppressed())
        .allSatisfy(other -> assertThat(other.getMessage()).doesNotContain(KEY_TEXT, "\n", "${"));
  }
}

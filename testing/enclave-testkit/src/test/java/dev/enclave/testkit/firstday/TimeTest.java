package dev.enclave.testkit.firstday;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import dev.enclave.testkit.SteppedTasks;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

// region time
class TimeTest {

  private final MutableClock clock = new MutableClock();
  private final SteppedTasks tasks = new SteppedTasks();

  private Enclave open() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new InMemoryProvider())
        .with(new RecordingAuditSink())
        .with(clock)
        .scheduler(tasks)
        .config(new ConfigSource("this test", Map.of("enclave.environment", "production")))
        .open();
  }

  @Test
  void signsWithANewVersion_aMonthLater() {
    try (Enclave enclave = open()) {
      SigningKey key =
          enclave.createKey(
              KeySpec.named("issuer")
                  .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
                  .rotation(RotationInterval.every(Duration.ofDays(30))));
      KeyVersionId first = key.activeVersion().id();
      clock.advance(Duration.ofDays(31));
      tasks.runFor(Duration.ofDays(1), clock);
      assertThat(key.activeVersion().id()).isNotEqualTo(first);
    }
  }
}
// endregion

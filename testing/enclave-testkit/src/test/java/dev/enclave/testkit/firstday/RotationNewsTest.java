package dev.enclave.testkit.firstday;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class RotationNewsTest {

  private final MutableClock clock = new MutableClock();
  private final Queue<Runnable> steps = new ArrayDeque<>();
  private final Queue<String> published = new ArrayDeque<>();

  @Test
  void tellsOfTheKeyThatWasRotated() {
    try (Enclave enclave =
        EnclaveFactory.builder()
            .discovery(false)
            .with(new InMemoryProvider())
            .with(new RecordingAuditSink())
            .with(clock)
            .with(FakeEnvironment.empty())
            .config(new ConfigSource("this test", Map.of("enclave.environment", "production")))
            .onRotation(new RotationNews(published))
            .scheduler(
                (delay, step) -> {
                  steps.add(step);
                  return () -> steps.remove(step);
                })
            .open()) {
      enclave.createKey(KeySpec.named("documents").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      for (int day = 0; day < 92 && published.isEmpty(); day++) {
        clock.advance(Duration.ofDays(1));
        for (int step = 0; step < 3; step++) {
          steps.remove().run();
        }
      }
      assertThat(published).singleElement().asString().matches("documents: version .+ signs now");
    }
    assertThat(steps).isEmpty();
  }
}

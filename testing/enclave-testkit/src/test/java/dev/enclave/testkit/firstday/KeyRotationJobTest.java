package dev.enclave.testkit.firstday;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyRotationJobTest {

  private static final KeySpec<SigningKey> QUARTERLY =
      KeySpec.named("documents")
          .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
          .rotation(RotationInterval.every(Duration.ofDays(90)));

  private final MutableClock clock = new MutableClock();
  private final RecordingAuditSink audit = new RecordingAuditSink();

  private Enclave open() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(new InMemoryProvider())
        .with(audit)
        .with(clock)
        .with(FakeEnvironment.empty())
        .config(new ConfigSource("this test", Map.of("enclave.environment", "local")))
        .open();
  }

  @Test
  void rotatesWhatIsDue_andSaysSo() {
    try (Enclave enclave = open()) {
      enclave.createKey(QUARTERLY);
      KeyRotationJob job = new KeyRotationJob(enclave);
      assertThat(job.run()).isEmpty();
      clock.advance(Duration.ofDays(91));
      assertThat(job.run()).singleElement().asString().startsWith("documents: version ");
      assertThat(audit.events(Operation.ROTATE))
          .extracting(AuditEvent::caller)
          .containsOnly("job:rotation");
    }
  }
}

package dev.enclave.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FakesTest {

  @Test
  void clockStandsStill_untilAdvanced() {
    MutableClock clock = new MutableClock(Instant.EPOCH);
    clock.advance(Duration.ofSeconds(3));
    assertThat(clock.now()).isEqualTo(Instant.ofEpochSecond(3));
    assertThat(clock.nanoTime()).isEqualTo(3_000_000_000L);
  }

  @Test
  void clockMovesByPauses_andRemembersThem() throws InterruptedException {
    MutableClock clock = new MutableClock(Instant.EPOCH);
    clock.pause(Duration.ofMillis(20));
    clock.pause(Duration.ofMillis(-1));
    assertThat(clock.now()).isEqualTo(Instant.ofEpochMilli(20));
    assertThat(clock.pauses()).containsExactly(Duration.ofMillis(20), Duration.ZERO);
  }

  @Test
  void clockNeverGoesBack() {
    assertThatThrownBy(() -> new MutableClock().advance(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void clockDoesNotPause_whenTheThreadIsInterrupted() {
    MutableClock clock = new MutableClock();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> clock.pause(Duration.ofSeconds(1)))
        .isInstanceOf(InterruptedException.class);
    assertThat(clock.pauses()).isEmpty();
  }

  @Test
  void environmentHasWhatItWasGiven() {
    FakeEnvironment machine =
        FakeEnvironment.empty()
            .withVariable("CI", "true")
            .withProperty("os.name", "Linux")
            .withFile("/run/secrets/token", "t")
            .withUnreadable("/sealed")
            .withDmi("sys_vendor", "Amazon EC2");
    assertThat(machine.variable("CI")).contains("true");
    assertThat(machine.property("os.name")).contains("Linux");
    assertThat(machine.exists("/run/secrets")).isTrue();
    assertThat(machine.exists("/run/sec")).isFalse();
    assertThat(machine.exists("/sealed")).isTrue();
    assertThat(machine.read("/sealed")).isEmpty();
    assertThat(machine.dmi("sys_vendor")).contains("Amazon EC2");
  }

  @Test
  void environmentShowsNoValues() {
    assertThat(FakeEnvironment.empty().withVariable("TOKEN", "hunter2").toString())
        .contains("TOKEN")
        .doesNotContain("hunter2");
  }

  @Test
  void auditSinkRemembersByPhase() throws IOException {
    RecordingAuditSink sink = new RecordingAuditSink();
    sink.append(event(AuditEvent.Phase.INTENT), AuditSink.Durability.DURABLE);
    sink.append(event(AuditEvent.Phase.OUTCOME), AuditSink.Durability.BUFFERED);
    assertThat(sink.intents()).hasSize(1);
    assertThat(sink.outcomes()).hasSize(1);
    assertThat(sink.singles()).isEmpty();
    assertThat(sink.events(AuditEvent.Operation.SIGN)).hasSize(2);
    assertThat(sink.appended().get(0).durability()).isEqualTo(AuditSink.Durability.DURABLE);
  }

  @Test
  void auditSinkFails_whenTold() throws IOException {
    RecordingAuditSink sink = new RecordingAuditSink();
    sink.failWhen(event -> event.phase() == AuditEvent.Phase.INTENT);
    assertThatThrownBy(
            () -> sink.append(event(AuditEvent.Phase.INTENT), AuditSink.Durability.DURABLE))
        .isInstanceOf(IOException.class);
    sink.append(event(AuditEvent.Phase.SINGLE), AuditSink.Durability.DURABLE);
    assertThat(sink.events()).hasSize(1);
  }

  @Test
  void auditSinkTakesNothing_onceClosed() {
    RecordingAuditSink sink = new RecordingAuditSink();
    sink.close();
    assertThat(sink.closed()).isTrue();
    assertThatThrownBy(
            () -> sink.append(event(AuditEvent.Phase.SINGLE), AuditSink.Durability.DURABLE))
        .isInstanceOf(IOException.class);
  }

  private static AuditEvent event(AuditEvent.Phase phase) {
    return new AuditEvent(
        "operation-1",
        phase,
        Instant.EPOCH,
        AuditEvent.Operation.SIGN,
        "user:7",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        AuditEvent.Result.SUCCESS,
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        Map.of());
  }
}

package dev.enclave.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.testkit.MutableClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalsTest {

  /** Of two who meet a row at once, as the worker and who asks for the ticket. */
  @Test
  void tellsNobody_beforeItIsRecorded() throws InterruptedException {
    FakeEngine engine = new FakeEngine(new MutableClock(Instant.EPOCH)).recordingRefusals();
    Refusals refusals = new Refusals(engine);
    List<String> recordedWhenTold = new ArrayList<>();
    Thread other =
        new Thread(
            () -> {
              refusals.record("t-1", "edited");
              recordedWhenTold.addAll(engine.refusals);
            });
    engine.during =
        () -> {
          other.start();
          while (other.getState() != Thread.State.WAITING && other.isAlive()) {
            Thread.onSpinWait();
          }
        };

    refusals.record("t-1", "edited");
    other.join();

    assertThat(recordedWhenTold).containsExactly("t-1");
    assertThat(engine.refusals).containsExactly("t-1");
  }
}

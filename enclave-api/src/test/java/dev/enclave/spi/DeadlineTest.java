package dev.enclave.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class DeadlineTest {

  private static final Duration WITHIN = Duration.ofMillis(20);

  private final HandClock clock = new HandClock();

  /** One that goes when told to. */
  private static final class HandClock implements TimeSource {

    private long nanos;

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public void pause(Duration duration) {
      nanos += duration.toNanos();
    }
  }

  @Test
  void awaitsLongerThanTheMachinesClockWould_whileItsOwnStands() throws Exception {
    Semaphore nothing = new Semaphore(0);
    int[] waits = new int[1];

    boolean came =
        Deadline.in(WITHIN, clock)
            .await(
                (time, unit) -> {
                  if (++waits[0] == 3) {
                    nothing.release();
                  }
                  return nothing.tryAcquire(time, unit);
                });

    assertThat(came).isTrue();
    assertThat(waits[0]).isEqualTo(3);
  }

  @Test
  void awaitsNoLonger_onceItHasPassed() throws Exception {
    Deadline deadline = Deadline.in(WITHIN, clock);
    int[] waits = new int[1];

    boolean came =
        deadline.await(
            (time, unit) -> {
              waits[0]++;
              clock.pause(WITHIN.dividedBy(2));
              return false;
            });

    assertThat(came).isFalse();
    assertThat(waits[0]).isEqualTo(2);
  }

  @Test
  void takesWhatIsThereAlready_whenItHasPassedToo() throws Exception {
    assertThat(Deadline.in(Duration.ZERO, clock).await(new Semaphore(1)::tryAcquire)).isTrue();
    assertThat(Deadline.in(Duration.ZERO, clock).await(new Semaphore(0)::tryAcquire)).isFalse();
  }

  @Test
  void awaitsNothing_inAnInterruptedThread() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> Deadline.in(WITHIN, clock).await(new Semaphore(0)::tryAcquire))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }
}

package dev.enclave.core.internal.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.core.internal.support.HandTime;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.Deadline;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whoever waits for a turn goes by the deadline's clock. */
class KeyLockTest {

  private static final Duration WITHIN = Duration.ofMillis(1);
  private static final long LONGER_NANOS = 50_000_000;

  private final KeyLock turn = new KeyLock("reading", KeyName.of("wallet"), BackendId.SOFTWARE);
  private final HandTime time = new HandTime();

  /** In another thread, since it is nobody's twice. */
  private FutureTask<Void> taking(Deadline deadline) {
    FutureTask<Void> taking =
        new FutureTask<>(
            () -> {
              turn.take(deadline);
              turn.end();
              return null;
            });
    new Thread(taking, "taker").start();
    return taking;
  }

  @Tag("full")
  @Test
  void waits_whileTheDeadlinesClockStands() throws Exception {
    turn.take(Deadline.in(WITHIN, time));
    FutureTask<Void> taking = taking(Deadline.in(WITHIN, time));
    LockSupport.parkNanos(LONGER_NANOS);
    turn.end();
    taking.get(1, TimeUnit.MINUTES);
  }

  @Test
  void givesUp_onceItHasPassed() {
    turn.take(Deadline.in(WITHIN, time));
    Deadline deadline = Deadline.in(WITHIN, time);
    time.advance(WITHIN);
    FutureTask<Void> taking = taking(deadline);
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> taking.get(1, TimeUnit.MINUTES))
        .satisfies(
            e ->
                assertThat(e.getCause())
                    .isInstanceOfSatisfying(
                        ConnectivityException.class,
                        cause -> assertThat(cause.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED)));
    turn.end();
  }
}

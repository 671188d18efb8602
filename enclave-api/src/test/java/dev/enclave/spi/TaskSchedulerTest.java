package dev.enclave.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaskSchedulerTest {

  private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
  private final TaskScheduler scheduler = TaskScheduler.on(executor);

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  @Test
  void runsATaskOnTheExecutor() throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(1);
    scheduler.schedule(Duration.ZERO, ran::countDown);
    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aTaskThatIsCancelledDoesNotWaitAnyMore() {
    executor.setRemoveOnCancelPolicy(true);
    TaskScheduler.Scheduled scheduled = scheduler.schedule(Duration.ofDays(1), () -> {});
    assertThat(executor.getQueue()).hasSize(1);
    scheduled.cancel();
    assertThat(executor.getQueue()).isEmpty();
  }
}

package dev.enclave.jobs;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever closes while the queue is being opened finds nothing of it afterwards. */
class QueueOpeningTest {

  private final MutableClock time = new MutableClock(Instant.now());
  private final FakeEngine engine = new FakeEngine(time);

  /** H2 that stops at the first transaction, until it may go on. */
  private static final class Held implements Database {

    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    private final H2Database database;

    Held(Path folder) {
      database = new H2Database(folder, new MutableClock());
    }

    private void hold() {
      reached.countDown();
      boolean interrupted = false;
      while (true) {
        try {
          goOn.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public <T> T write(Work<T> work) {
      hold();
      return database.write(work);
    }

    @Override
    public <T> T note(Work<T> work) {
      hold();
      return database.note(work);
    }

    @Override
    public <T> T read(Work<T> work) {
      hold();
      return database.read(work);
    }

    @Override
    public DataSource dataSource() {
      return database.dataSource();
    }

    @Override
    public void close() {
      database.close();
    }
  }

  /** A pool has terminated a moment before its last thread has ended, so each is waited for. */
  private static void requireNoThread() throws InterruptedException {
    List<Thread> threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("enclave-jobs"))
            .toList();
    for (Thread thread : threads) {
      thread.join(MINUTES.toMillis(1));
    }
    assertThat(threads).filteredOn(Thread::isAlive).isEmpty();
  }

  @Test
  void closing_waitsForWhatIsBeingOpened_andLeavesNoThread(@TempDir Path folder) throws Exception {
    try (Held database = new Held(folder)) {
      DatabaseClock clock = new DatabaseClock(time);
      QueueOpening opening =
          new QueueOpening(engine, JobsSettings.of(engine), database, clock, ticket -> {});
      FutureTask<QueueOpening.Parts> made = new FutureTask<>(opening::parts);
      Thread maker = new Thread(made, "maker");
      maker.start();
      assertThat(database.reached.await(1, MINUTES)).isTrue();
      FutureTask<?> closed = new FutureTask<>(opening::close, null);
      Thread closer = new Thread(closed, "closer");
      closer.start();
      while (closer.getState() == Thread.State.NEW || closer.getState() == Thread.State.RUNNABLE) {
        Thread.onSpinWait();
      }
      assertThat(closed.isDone()).as("closed, while the queue is being opened").isFalse();
      maker.interrupt(); // as the pool's end does
      database.goOn.countDown();
      closed.get(1, MINUTES);
      requireNoThread();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> made.get(1, MINUTES))
          .satisfies(
              e ->
                  assertThat(e.getCause())
                      .isInstanceOfSatisfying(
                          UsageException.class,
                          cause -> assertThat(cause.code()).isEqualTo(ErrorCode.CLOSED)));
      assertThatExceptionOfType(UsageException.class).isThrownBy(opening::parts);
    }
  }
}

package dev.enclave.auditlog.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.records.IoConsumer;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.write.BackendAtClosing;
import dev.enclave.auditlog.write.Events;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.HandBackend;
import dev.enclave.auditlog.write.Logs;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints whose signatures fail or hang while the log stays open. A hang is a failure. */
@Timeout(300)
final class CheckpointThreadTest {

  /** Of records in a segment, a checkpoint being due at the end of each. */
  private static final long SEGMENT_BYTES = 2_000;

  private final Logger logger = Logger.getLogger("dev.enclave.audit");
  private final ExecutorService pool = Executors.newCachedThreadPool();
  private final HandBackend backend = new HandBackend();
  private final Path directory;

  CheckpointThreadTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @BeforeEach
  void beQuiet() {
    logger.setLevel(Level.OFF);
  }

  @AfterEach
  void endThreads() {
    backend.letGo();
    pool.shutdownNow();
    logger.setLevel(null);
  }

  @Test
  void triesAgainByItself_untilItSucceeds() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    CountDownLatch made = new CountDownLatch(1);
    IoConsumer<LaneHead> work =
        head -> {
          switch (tries.incrementAndGet()) {
            case 1 -> throw new IOException("away");
            case 2 -> throw new IllegalStateException("broken");
            case 3 -> throw new BackendNotOpenException();
            default -> made.countDown();
          }
        };
    try (CheckpointThread maker = new CheckpointThread("test", work, Duration.ofNanos(1))) {
      maker.ask(LaneHead.NONE);
      made.await();
    }

    assertThat(tries).hasValue(4);
  }

  @Test
  void workMayCloseTheLane_andIsNotInterrupted() throws Exception {
    CompletableFuture<CheckpointThread> self = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    IoConsumer<LaneHead> work =
        head -> {
          self.join().close();
          self.join().abandon();
          interrupted.complete(Thread.currentThread().isInterrupted());
        };
    try (CheckpointThread maker = new CheckpointThread("test", work)) {
      self.complete(maker);
      maker.ask(LaneHead.NONE);
      assertThat(interrupted.get()).isFalse();
    }
  }

  @Test
  void isTriedAtOnce_whenThereIsNews() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    CountDownLatch failed = new CountDownLatch(1);
    CountDownLatch made = new CountDownLatch(1);
    IoConsumer<LaneHead> work =
        head -> {
          if (tries.incrementAndGet() == 1) {
            failed.countDown();
            throw new IOException("away");
          }
          made.countDown();
        };
    try (CheckpointThread maker = new CheckpointThread("test", work, Duration.ofDays(1))) {
      maker.ask(LaneHead.NONE);
      failed.await();
      maker.nudge();
      made.await();
    }

    assertThat(tries).hasValue(2);
  }

  @Test
  void aSignatureThatFailedIsMade_whileTheLogStaysOpen() throws Exception {
    try (FileAuditSink sink = open()) {
      name(sink);
      backend.down(true);
      backend.expectCall();
      append(sink, 1, 20);
      backend.awaitCall();
      assertThat(covered(sink)).isZero();
      assertThatThrownBy(sink::checkpoint).hasMessage("the backend is away");

      backend.down(false);
      append(sink, 21, 40);
      awaitCovered(sink, 20);
      sink.checkpoint();
      assertThat(covered(sink)).isEqualTo(40);
    }
    assertThat(AuditLogVerifier.verify(directory).problem()).isEmpty();
  }

  @Test
  void aBackendThatDidNotAnswerIsAskedAgain_andTheLogIsSignedByItsOwnKeyMeanwhile()
      throws Exception {
    backend.down(true);
    try (FileAuditSink sink = open()) {
      sink.countersignedBy(backend);
      assertThatThrownBy(sink::settleCountersigner).hasMessage("the backend is away");
      append(sink, 1, 20);
      sink.checkpoint();
      assertThat(covered(sink)).isEqualTo(20);
      assertThat(sink.countersigner()).isEmpty();

      backend.down(false);
      append(sink, 21, 40);
      sink.checkpoint();
      assertThat(sink.countersigner()).isPresent();
      assertThat(covered(sink)).isEqualTo(40);
    }
    AuditVerification found = AuditLogVerifier.verify(directory);
    assertThat(found.problem()).isEmpty();
    assertThat(found.countersigned().orElseThrow().from()).isGreaterThan(1);
  }

  @Test
  void aNamedCountersignerIsWaitedFor_whenItsBackendIsNotOpenYet() throws Exception {
    try (FileAuditSink sink = open()) {
      name(sink);
    }
    try (FileAuditSink sink = open()) {
      append(sink, 1, 20);
      assertThatThrownBy(sink::checkpoint)
          .hasMessage("the backend that countersigns its checkpoints is not open");
      sink.countersignedBy(backend);
      sink.checkpoint();
      assertThat(covered(sink)).isEqualTo(20);
    }
  }

  @Test
  void aSignatureThatHangsHoldsUpNoRecord() throws Exception {
    try (FileAuditSink sink = open()) {
      name(sink);
      backend.hang();
      append(sink, 1, 20);
      backend.awaitCall();

      List<Future<Boolean>> writers = new ArrayList<>();
      for (int thread = 1; thread <= 4; thread++) {
        int first = 100 * thread;
        writers.add(
            pool.submit(
                () -> {
                  append(sink, first, first + 49);
                  return true;
                }));
      }
      for (Future<Boolean> writer : writers) {
        assertThat(writer.get()).isTrue();
      }
      assertThat(covered(sink)).isZero();
      assertThat(AuditLogVerifier.verify(directory).records()).isEqualTo(220);

      backend.letGo();
      awaitCovered(sink, 200);
    }
    assertThat(AuditLogVerifier.verify(directory).problem()).isEmpty();
    assertThat(AuditLogVerifier.verify(directory).uncovered()).isZero();
  }

  @Test
  void aCloseEndsAtOnce_whenAKeyThatIsOnItsWayNeedsARecord() throws Exception {
    FileAuditSink sink = open();
    BackendAtClosing trail = new BackendAtClosing(sink, backend);
    append(sink, 1, 20);
    sink.countersignedBy(trail);
    assertThatThrownBy(sink::settleCountersigner).hasMessage("the backend is away");
    trail.comeBack();
    append(sink, 21, 40);
    trail.awaitCall();

    trail.close();

    assertThat(trail.met()).isEqualTo("CLOSED before the log was closed");
  }

  private FileAuditSink open() throws IOException {
    return FileAuditSink.open(
        directory, Logs.settings(new HandTime(), SEGMENT_BYTES, Optional.empty()));
  }

  private void name(FileAuditSink sink) throws IOException {
    sink.countersignedBy(backend);
    sink.settleCountersigner();
  }

  private static void append(FileAuditSink sink, int from, int to) throws IOException {
    for (int i = from; i <= to; i++) {
      sink.append(Events.numbered(i), Durability.DURABLE);
    }
  }

  private static long covered(FileAuditSink sink) throws IOException {
    return sink.checkpoints().head().lane(0).size();
  }

  private static void awaitCovered(FileAuditSink sink, long records) throws IOException {
    while (covered(sink) < records) {
      Thread.onSpinWait();
    }
  }
}

package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.LogLock;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Lock files that somebody deletes, replaces or opens while their holder writes the log. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "open files cannot be deleted there")
@Tag("full")
final class LostClaimTest {

  private final Path directory;

  LostClaimTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @Test
  void anotherProcessLeavesALaneAlone_whoseLockFileWasDeleted() throws Exception {
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.numbered(1), Durability.DURABLE);
      deleteLockFiles();

      assertThat(OtherProcess.lane(directory)).isEqualTo("lane-1.jsonl");
      sink.append(Events.numbered(2), Durability.DURABLE);
    }
    assertHolds(1, 2, 99);
  }

  @Test
  void goesOnWhereTheLaneEnds_whenItsLockFileWasDeleted() throws Exception {
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.numbered(1), Durability.DURABLE);
      Files.delete(lock(0));

      sink.append(Events.numbered(2), Durability.DURABLE);

      assertThat(sink.lane()).isZero();
      assertThat(lock(0)).exists();
      assertThat(OtherProcess.lane(directory)).isEqualTo("lane-1.jsonl");
    }
    assertHolds(1, 2, 99);
  }

  @Test
  void writesWhatItHadAccepted_whenTheLockFileWasDeletedBeforeItClosed() throws Exception {
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.numbered(1), Durability.DURABLE);
      Files.delete(lock(0));
      sink.append(Events.numbered(2), Durability.BUFFERED);
      sink.append(Events.numbered(3), Durability.BUFFERED);
    }
    assertHolds(1, 2, 3);
  }

  @Test
  void goesOnAfterTheRecordsOfAnotherProcess_thatTookTheLaneByAReplacedLockFile() throws Exception {
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.numbered(1), Durability.DURABLE);
      deleteLockFiles();
      Files.createFile(lock(0));

      assertThat(OtherProcess.lane(directory)).isEqualTo("lane-0.jsonl");
      sink.append(Events.numbered(2), Durability.DURABLE);
    }
    assertHolds(1, 2, 99);
  }

  @Test
  void takesAnotherLane_whenItsOwnIsHeldThroughAReplacedLockFile() throws Exception {
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.numbered(1), Durability.DURABLE);
      deleteLockFiles();
      Files.createFile(lock(0));
      try (SecondCopy second = SecondCopy.open(directory)) {
        assertThat(second.lane()).isZero();
        second.append(2);

        sink.append(Events.numbered(3), Durability.DURABLE);

        assertThat(sink.lane()).isEqualTo(1);
        second.append(4);
      }
    }
    assertHolds(1, 2, 3, 4);
  }

  @Test
  void goesOnAfterTheRecordsOfAnotherProcess_whenItsLockWasFreedByReadingItsFile()
      throws Exception {
    try (FileAuditSink sink = Logs.open(directory)) {
      sink.append(Events.numbered(1), Durability.DURABLE);
      // POSIX frees the locks of a process on a file when it closes any descriptor of the file.
      Files.readAllBytes(lock(0));

      assertThat(OtherProcess.lane(directory)).isEqualTo("lane-0.jsonl");
      sink.append(Events.numbered(2), Durability.DURABLE);
    }
    assertHolds(1, 2, 99);
  }

  @Test
  void leavesALaneAlone_thatHasRecordsAndNoLockFile_untilSomebodyMakesOne() throws Exception {
    Events.log(directory, 1);
    Files.delete(lock(0));
    try (FileAuditSink sink = Logs.open(directory)) {
      assertThat(sink.lane()).isEqualTo(1);
    }
    Files.createFile(lock(0));
    try (FileAuditSink sink = Logs.open(directory)) {
      assertThat(sink.lane()).isZero();
    }
  }

  @Test
  void takesALaneWithoutALockFile_onlyWhenThereIsNoOther() throws Exception {
    Events.log(directory, 1);
    for (int lane = 1; lane < LogFiles.MOST_LANES; lane++) {
      Files.createFile(Logs.lane(directory, lane));
    }
    Logs.shut(directory);
    deleteLockFiles();
    Files.createFile(lock(40));

    try (FileAuditSink sink = Logs.open(directory);
        FileAuditSink next = Logs.open(directory)) {
      assertThat(sink.lane()).isEqualTo(40);
      assertThat(next.lane()).isZero();
    }
  }

  @Test
  void writesNothing_overWhatSomebodyWithoutAClaimAppended() throws Exception {
    FileAuditSink sink = Logs.open(directory);
    sink.append(Events.numbered(1), Durability.DURABLE);
    Path lane = Logs.lane(directory, 0);
    Files.writeString(lane, "foreign", java.nio.file.StandardOpenOption.APPEND);

    assertThatThrownBy(() -> sink.append(Events.numbered(2), Durability.DURABLE))
        .hasMessageContaining("lane-0.jsonl was changed by somebody who has no claim on it");
    sink.append(Events.numbered(3), Durability.DURABLE);
    sink.close();
    assertHolds(1, 3);
  }

  @Test
  void losesNothing_whenLockFilesAreDeletedAgainAndAgain() throws Exception {
    Events.log(directory, 0);
    SharedLog log = new SharedLog(directory);
    log.share(this::deleteLockFiles);
    log.check(false);
  }

  @Test
  void writesNoCheckpoint_whenTheLockFileWasDeletedMeanwhile() throws Exception {
    LogLock.AutoCloseableLock lock =
        new LogLock(Files.createDirectories(directory), new HandTime()).take();
    try (lock) {
      Files.delete(directory.resolve(LogLock.NAME));
      assertThatThrownBy(lock::require).hasMessageContaining("checkpoints.lock was deleted");
    }
  }

  @Test
  void waitsTenSecondsForTheLockDuringAStart_thenOne() throws Exception {
    Files.createDirectories(directory);
    HandTime time = new HandTime();
    LogLock patient = new LogLock(directory, time);
    try (LogLock.AutoCloseableLock held = new LogLock(directory, time).take()) {
      assertThatThrownBy(patient::take).hasMessageContaining("held checkpoints.lock for too long");
      assertThat(time.waited()).isEqualTo(Duration.ofSeconds(10));
      patient.started();
      assertThatThrownBy(patient::take).hasMessageContaining("held checkpoints.lock for too long");
      assertThat(time.waited()).isEqualTo(Duration.ofSeconds(11));
      held.require();
    }
    patient.take().close();
  }

  private Path lock(int lane) {
    return directory.resolve("lane-" + lane + ".lock");
  }

  private void deleteLockFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(name -> name.toString().endsWith(".lock")).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The log verifies and has the records of exactly these numbers. */
  private void assertHolds(int... numbers) throws IOException {
    AuditVerification found = AuditLogVerifier.verify(directory);
    assertThat(found.problem()).isEmpty();
    StringBuilder log = new StringBuilder();
    for (int lane = 0; lane < 4; lane++) {
      Path file = Logs.lane(directory, lane);
      if (Files.exists(file)) {
        log.append(Files.readString(file, StandardCharsets.UTF_8));
      }
    }
    assertThat(log.toString().lines()).hasSize(numbers.length);
    assertThat(IntStream.of(numbers))
        .allMatch(number -> log.toString().contains("\"user:" + number + "\""));
  }
}

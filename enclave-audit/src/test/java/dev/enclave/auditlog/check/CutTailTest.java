package dev.enclave.auditlog.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.auditlog.trail.TestTrace;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.Logs;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of records that somebody without any key cuts from a log's end. */
final class CutTailTest {

  private final Path directory;
  private final HandTime time = new HandTime();

  CutTailTest(@TempDir Path folder) {
    this.directory = folder.resolve("audit");
  }

  /** As a start-up opens it. */
  private final class Run {

    private final FileAuditSink file;
    private final AuditTrail trail;

    Run() throws IOException {
      file = Logs.open(directory);
      trail = new AuditTrail(file, true, time);
      record(Operation.START);
      trail.begun(BackendId.SOFTWARE, "stop-1");
      file.checkpointStart();
    }

    void record(Operation operation) {
      trail
          .begin(
              new AuditTrail.Subject(
                  operation, "application", Optional.empty(), Optional.empty(), false),
              new TestTrace("operation"))
          .succeeded(Map.of());
    }
  }

  private AuditVerification verified() throws IOException {
    return AuditLogVerifier.verify(directory);
  }

  private void cutLines(int count) throws IOException {
    Path lane = directory.resolve("lane-0.jsonl");
    List<String> lines = Files.readAllLines(lane);
    Files.writeString(lane, String.join("\n", lines.subList(0, lines.size() - count)).concat("\n"));
  }

  @Test
  void aCheckpointFollowsTheStartAtOnce() throws IOException {
    Run run = new Run();

    assertThat(verified().checkpoints()).isEqualTo(1);
    assertThat(verified().uncovered()).isZero();
    run.trail.close();
  }

  @Test
  void aShutDownIsRecorded_andInACheckpoint() throws IOException {
    Run run = new Run();
    run.record(Operation.SIGN);
    run.trail.close();

    AuditVerification found = verified();
    assertThat(found.records()).isEqualTo(3);
    assertThat(found.uncovered()).isZero();
    assertThat(found.findings()).isEmpty();
    cutLines(1);
    assertThat(verified().problem().orElseThrow()).contains("a checkpoint has seen 3");
  }

  @Test
  void aShutDownOfAnInterruptedThreadIsRecorded_andInACheckpoint() throws IOException {
    Run run = new Run();
    run.record(Operation.SIGN);
    Thread.currentThread().interrupt();
    try {
      run.trail.close();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(verified().records()).isEqualTo(3);
    assertThat(verified().uncovered()).isZero();
    assertThat(verified().findings()).isEmpty();
  }

  @Test
  void recordsThatAreCutFromTheEndLeaveAStartWithoutAnEnd() throws IOException {
    Run killed = new Run();
    killed.record(Operation.SIGN);
    // What somebody finds after a kill, before any further checkpoint.
    Path copy = directory.resolveSibling("copy");
    copy(directory, copy);
    killed.trail.close();
    copy(copy, directory);
    cutLines(1);

    assertThat(verified().problem()).isEmpty();
    assertThat(verified().findings())
        .containsExactly(
            "lane 0: what record 1 (START) began has no STOP: it goes on, or was killed, or its"
                + " last records were cut off");

    new Run().trail.close();
    assertThat(verified().findings())
        .containsExactly(
            "lane 0: what record 1 (START) began has no STOP before record 2 begins the next: it"
                + " was killed, or its last records were cut off");
  }

  private static void copy(Path from, Path to) throws IOException {
    if (!Files.exists(to)) {
      Files.createDirectory(to);
    }
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.write(to.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
  }

  @Test
  void aLaneThatNoCheckpointKnowsIsAFinding() throws IOException {
    new Run().trail.close();
    Files.write(directory.resolve("checkpoints"), new byte[0]);

    assertThat(verified().findings())
        .containsExactly(
            "lane 0: no checkpoint knows of it, though one follows every start: the process was"
                + " killed before, or the checkpoint was cut off",
            "lane 0: no checkpoint confirms its last end (record 2, STOP): its checkpoint could not be"
                + " made, or its last records were cut off and the end was added");
  }

  @Test
  void aLockWithoutItsLaneIsAFinding() throws IOException {
    new Run().trail.close();
    Files.createFile(directory.resolve("lane-1.lock"));

    assertThat(verified().findings())
        .containsExactly(
            "lane-1.lock is there and no record of lane 1: the process was killed before it wrote"
                + " one, or somebody removed them");
  }

  @Test
  void aLogThatWasLookedAfterAlone_hasNoStop() throws IOException {
    try (AuditTrail run = new AuditTrail(Logs.open(directory), true, time)) {
      assertThat(run.keepsRecords()).isTrue();
    }

    assertThat(verified().records()).isZero();
  }
}

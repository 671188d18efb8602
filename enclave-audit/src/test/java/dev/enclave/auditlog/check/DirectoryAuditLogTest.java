package dev.enclave.auditlog.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.merkle.Rfc6962;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.write.Events;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.Logs;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What those who look after a log do with it. */
final class DirectoryAuditLogTest {

  private static final int RECORDS = 40;

  private final HandTime time = new HandTime();
  private final Path directory;

  DirectoryAuditLogTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @Test
  void everyRecordIsProven_byThePathOfTheStandard() throws IOException {
    Logs.append(directory, settings(Optional.empty()), 1, RECORDS);
    List<byte[]> lines = new ArrayList<>();
    for (Segment segment : Segment.of(0, new DiskLogFiles(directory).names())) {
      for (String line : Files.readAllLines(directory.resolve(segment.name()))) {
        lines.add(line.getBytes(StandardCharsets.UTF_8));
      }
    }
    Optional<String> key = Optional.of(log().provision());
    for (int i = 1; i <= RECORDS; i++) {
      String proof = log().prove(0, i);

      assertThat(RecordProof.parse(proof).path())
          .containsExactlyElementsOf(Rfc6962.path(i - 1, lines));
      assertThat(log().checkProof(proof, key).member("caller")).isEqualTo("user:" + i);
    }
  }

  @Test
  void aRecordIsNotProven_whereItsCheckpointIsNotInItsTree() throws IOException {
    for (int i = 1; i <= 4; i++) {
      Logs.append(directory, settings(Optional.empty()), i, i);
    }
    RecordProof proof = RecordProof.parse(log().prove(0, 1));
    List<byte[]> other = new ArrayList<>(proof.headPath());
    other.set(0, new byte[32]);
    RecordProof changed =
        new RecordProof(0, proof.record(), proof.path(), other, proof.checkpoint());

    assertThat(log().checkProof(proof.toJson(), Optional.empty()).sequence()).isEqualTo(1);
    assertThatThrownBy(() -> log().checkProof(changed.toJson(), Optional.empty()))
        .isInstanceOf(IntegrityException.class);
  }

  @Test
  void theRecordsThatRetentionHasLeftAreProven_theOthersAreNot() throws IOException {
    time.setWallClock(Events.AT.plus(Duration.ofDays(500)));
    Logs.append(directory, settings(Optional.of(Duration.ofDays(400))), 1, RECORDS);
    time.advance(Duration.ofDays(1));
    Logs.append(directory, settings(Optional.of(Duration.ofDays(400))), RECORDS + 1, RECORDS + 3);
    long first = Segment.of(0, new DiskLogFiles(directory).names()).first().first();
    assertThat(first).isGreaterThan(20);

    for (long i = first; i <= RECORDS + 3; i++) {
      assertThat(log().checkProof(log().prove(0, i), Optional.empty()).sequence()).isEqualTo(i);
    }
    assertThatThrownBy(() -> log().prove(0, first - 1))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("Retention has removed records 1 to " + (first - 1));
  }

  @Test
  void aCheckpointCoversIdleLanes_andLeavesLiveOnesToTheirProcess() throws IOException {
    try (FileAuditSink live = FileAuditSink.open(directory, settings(Optional.empty()))) {
      live.append(Events.numbered(1), Durability.DURABLE);
      Logs.append(directory, settings(Optional.empty()), 2, 3);

      Checkpoint made = Checkpoint.parse(log().checkpoint().getBytes(StandardCharsets.UTF_8));

      assertThat(made.head().lanes().keySet()).containsExactly(1);
      assertThat(made.head().lane(1).size()).isEqualTo(2);
    }
    Checkpoint made = Checkpoint.parse(log().checkpoint().getBytes(StandardCharsets.UTF_8));
    assertThat(made.head().lanes().keySet()).containsExactly(0, 1);
  }

  @Test
  void aLogWithoutRecordsHasNoCheckpoint() {
    log().provision();

    assertThatThrownBy(() -> log().checkpoint())
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no records");
  }

  @Test
  void aReaderGoesOnWhereItWas_acrossSegments() throws IOException {
    List<String> callers = new ArrayList<>();
    Logs.append(directory, settings(Optional.empty()), 1, 10);
    var reader = log().reader();
    reader.read(record -> callers.add(record.member("caller")));
    assertThat(callers).hasSize(10);

    Logs.append(directory, settings(Optional.empty()), 11, RECORDS);
    reader.read(record -> callers.add(record.member("caller")));

    assertThat(callers).hasSize(RECORDS).doesNotHaveDuplicates();
  }

  @Test
  void onlyARecordThatTheNewestCheckpointHasSeenIsProven() throws IOException {
    Logs.append(directory, settings(Optional.empty()), 1, RECORDS);

    for (long none : List.of(0, RECORDS + 1)) {
      assertThatThrownBy(() -> log().prove(0, none))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("Record " + none + " of lane 0 is in no checkpoint")
          .hasMessageContaining("the newest has seen " + RECORDS + " records");
    }
    assertThatThrownBy(() -> log().prove(1, 1))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("Record 1 of lane 1 is in no checkpoint");
    Files.delete(directory.resolve("checkpoints"));
    assertThatThrownBy(() -> log().prove(0, 1))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("Record 1 of lane 0 is in no checkpoint");
  }

  @Test
  void aLaneThatWasChangedOrCutProvesNoRecord() throws IOException {
    Logs.append(directory, Logs.settings(time, 1 << 20, Optional.empty()), 1, 3);
    Path lane = Logs.lane(directory, 0);
    String records = Files.readString(lane);

    Files.writeString(lane, records.replace("user:3", "user:4"));
    assertThatThrownBy(() -> log().prove(0, 1))
        .isInstanceOf(IntegrityException.class)
        .hasMessageContaining("lane 0 is not the one the newest checkpoint has seen");
    Files.writeString(
        lane, records.substring(0, records.lastIndexOf('\n', records.length() - 2) + 1));
    assertThatThrownBy(() -> log().prove(0, 1))
        .isInstanceOf(IntegrityException.class)
        .hasMessageContaining("lane 0 has become shorter");
  }

  @Test
  void aReaderHasTheRecordsOfAllLanesByTime_thenByLane() throws IOException {
    List<String> read = new ArrayList<>();
    try (FileAuditSink first = FileAuditSink.open(directory, settings(Optional.empty()));
        FileAuditSink second = FileAuditSink.open(directory, settings(Optional.empty()))) {
      for (int mine : List.of(1, 4, 5)) {
        first.append(at(mine), Durability.BUFFERED);
      }
      for (int other : List.of(2, 3, 4)) {
        second.append(at(other), Durability.BUFFERED);
      }
      log().reader().read(record -> read.add(record.lane() + " " + record.member("caller")));
    }

    assertThat(read).containsExactly("0 at 1", "1 at 2", "1 at 3", "0 at 4", "1 at 4", "0 at 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no record", "{\"sequence\":\"first\"}"})
  void aReaderSaysThatALineIsNoRecord(String line) throws IOException {
    Logs.append(directory, settings(Optional.empty()), 1, 1);
    Files.writeString(Logs.lane(directory, 0), line + "\n");

    assertThatThrownBy(() -> log().reader().read(record -> {}))
        .isInstanceOfSatisfying(
            EnclaveException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.AUDIT_LOG_CORRUPT))
        .hasMessageContaining("Lane 0 of the audit log has a line that is no record");
  }

  @Test
  void recordsSinceTheLastCheckpointAreCounted_withTheTimeOfTheOldest() throws IOException {
    Logs.append(directory, settings(Optional.empty()), 1, 2);
    assertThat(log().verify().uncoveredSince()).isEmpty();
    try (FileAuditSink sink = FileAuditSink.open(directory, settings(Optional.empty()))) {
      for (int second : List.of(7, 5, 6)) {
        sink.append(at(second), Durability.BUFFERED);
      }
      AuditVerification found = log().verify();

      assertThat(found.uncovered()).isEqualTo(3);
      assertThat(found.uncoveredSince()).hasValue(Events.AT.plusSeconds(5));
    }
  }

  private static AuditEvent at(int second) {
    AuditEvent event = Events.of("operation", Phase.SINGLE, "at " + second, Map.of());
    return new AuditEvent(
        event.operationId(),
        event.phase(),
        Events.AT.plusSeconds(second),
        event.operation(),
        event.caller(),
        event.key(),
        event.version(),
        event.backend(),
        event.result(),
        event.errorCode(),
        event.providerRequestId(),
        event.duration(),
        event.details());
  }

  private AuditLog log() {
    return new DirectoryAuditLog(
        () -> new DirectoryAuditLog.Place(directory, settings(Optional.empty())), time);
  }

  private AuditLogSettings settings(Optional<Duration> retention) {
    return Logs.settings(time, 2_000, retention);
  }
}

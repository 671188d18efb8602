package dev.enclave.auditlog.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.audit.AuditLog;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.merkle.Rfc6962;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.write.Events;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.Logs;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private AuditLog log() {
    return new DirectoryAuditLog(
        () -> new DirectoryAuditLog.Place(directory, settings(Optional.empty())), time);
  }

  private AuditLogSettings settings(Optional<Duration> retention) {
    return Logs.settings(time, 2_000, retention);
  }
}

package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.KeptCheckpoints;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lanes of many files, and the removal of old ones. */
final class SegmentsTest {

  private static final long SMALL = 2_000;
  private static final long LARGE = 1 << 20;

  private final HandTime time = new HandTime();
  private final Path directory;
  private final Path elsewhere;

  SegmentsTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
    this.elsewhere = parent.resolve("copy");
  }

  @Test
  void aLaneGoesOnInTheNextFile_whenOneIsFull() throws IOException {
    Logs.append(directory, keepAll(), 1, 40);

    assertThat(segments()).hasSizeGreaterThan(5);
    AuditVerification found = AuditLogVerifier.verify(directory);
    assertThat(found.problem()).isEmpty();
    assertThat(found.records()).isEqualTo(40);
    // One for each file and one at the end, unless the next is asked for before one is begun.
    assertThat(found.checkpoints()).isBetween(1L, (long) segments().size());
    assertThat(found.uncovered()).isZero();
  }

  @Test
  void aThreadThatIsInterruptedBeginsNoFile_andLosesNoRecord() throws IOException {
    try (FileAuditSink sink = FileAuditSink.open(directory, keepAll())) {
      for (int i = 1; i <= 40; i++) {
        Thread.currentThread().interrupt();
        sink.append(Events.numbered(i), Durability.DURABLE);
        assertThat(Thread.interrupted()).isTrue();
      }
    }

    assertThat(segments()).hasSizeGreaterThan(5);
    assertThat(AuditLogVerifier.verify(directory).problem()).isEmpty();
    assertThat(AuditLogVerifier.verify(directory).records()).isEqualTo(40);
  }

  @Test
  void aLaneIsReopenedAfterEveryNumberOfRecords() throws IOException {
    for (int i = 1; i <= 40; i++) {
      Logs.append(directory, keepAll(), i, i);
    }

    assertThat(segments()).hasSizeGreaterThan(5);
    assertThat(AuditLogVerifier.verify(directory).problem()).isEmpty();
    assertThat(AuditLogVerifier.verify(directory).records()).isEqualTo(40);
  }

  @Test
  void everySegmentThatIsMissing_changed_orHasAnotherStateIsFound() throws IOException {
    Logs.append(directory, keepAll(), 1, 40);
    for (Segment segment : segments()) {
      List<String> names = new ArrayList<>(List.of(segment.name()));
      if (segment.first() > 1) {
        names.add(segment.stateName());
      }
      for (String name : names) {
        Path copy = Logs.copy(directory, elsewhere).resolve(name);
        Files.delete(copy);
        assertThat(AuditLogVerifier.verify(elsewhere).problem()).as("without " + name).isPresent();

        byte[] content = Files.readAllBytes(directory.resolve(name));
        for (int at = 0; at < content.length; at += 61) {
          byte[] changed = content.clone();
          changed[at] ^= 1;
          Files.write(copy, changed);
          assertThat(AuditLogVerifier.verify(elsewhere).problem()).as(name + " " + at).isPresent();
        }
      }
    }
  }

  @Test
  void retentionRemovesWhatIsOld_andSaysSo_andTheRestIsVerifiedAgainstOldCheckpoints()
      throws IOException {
    Logs.append(directory, keepAll(), 1, 40);
    Checkpoint early = Logs.newest(directory);
    // The time is seen to pass: by a checkpoint each week, of records of one segment.
    AuditLogSettings large = Logs.settings(time, LARGE, Optional.empty());
    for (int i = 41; i <= 110; i++) {
      time.advance(Duration.ofDays(7));
      Logs.append(directory, large, i, i);
    }
    AuditLogSettings year = Logs.settings(time, LARGE, Optional.of(Duration.ofDays(400)));

    Logs.append(directory, year, 111, 111);
    time.advance(Duration.ofDays(1));
    Logs.append(directory, year, 112, 112);

    assertThat(segments()).hasSize(1);
    long first = segments().get(0).first();
    assertThat(first).isGreaterThan(20);
    AuditVerification found =
        AuditLogVerifier.verify(
            directory,
            new KeptCheckpoints(List.of(early), year.retention(), new TreeMap<>(), time.now()),
            Optional.empty(),
            false);
    assertThat(found.problem()).isEmpty();
    assertThat(found.records()).isEqualTo(113 - first);
    assertThat(found.removed()).containsExactly("lane 0: records 1 to " + (first - 1));
  }

  @Test
  void retentionKeepsWhatIsYoung() throws IOException {
    time.setWallClock(Events.AT.plus(Duration.ofDays(398)));
    AuditLogSettings year = Logs.settings(time, SMALL, Optional.of(Duration.ofDays(400)));
    Logs.append(directory, year, 1, 39);
    time.advance(Duration.ofDays(1));

    Logs.append(directory, year, 40, 40);

    assertThat(AuditLogVerifier.verify(directory).removed()).isEmpty();
    assertThat(AuditLogVerifier.verify(directory).records()).isEqualTo(40);
  }

  @Test
  void segmentsRemovedByAnybodyElseAreMissed() throws IOException {
    Logs.append(directory, keepAll(), 1, 40);
    Segment first = segments().get(0);
    Segment second = segments().get(1);
    Files.delete(directory.resolve(first.name()));

    assertThat(AuditLogVerifier.verify(directory).problem()).hasValue("lane-0.jsonl is missing");

    Files.delete(directory.resolve(second.name()));
    assertThat(AuditLogVerifier.verify(directory).problem()).hasValue("lane-0.jsonl is missing");
  }

  @Test
  void afterRetentionAChangeOfWhatIsLeftIsFound() throws IOException {
    time.setWallClock(Events.AT.plus(Duration.ofDays(500)));
    AuditLogSettings year = Logs.settings(time, SMALL, Optional.of(Duration.ofDays(400)));
    Logs.append(directory, year, 1, 42);
    time.advance(Duration.ofDays(1));
    Logs.append(directory, year, 43, 43);
    Segment last = segments().get(0);
    for (String name : List.of(last.name(), last.stateName())) {
      byte[] content = Files.readAllBytes(directory.resolve(name));
      for (int at = 0; at < content.length; at += 5) {
        byte[] changed = content.clone();
        changed[at] ^= 1;
        Files.write(directory.resolve(name), changed);
        assertThat(AuditLogVerifier.verify(directory).problem()).as(name + " " + at).isPresent();
      }
      Files.write(directory.resolve(name), content);
    }
  }

  @Test
  void aStateThatIsMissingOrChangedIsNotContinued() throws IOException {
    Logs.append(directory, keepAll(), 1, 40);
    Path state = directory.resolve(segments().get(segments().size() - 1).stateName());
    String content = Files.readString(state);

    Files.writeString(state, content.replaceFirst("\n[A-Z]", "\n/"));
    assertThatThrownBy(() -> FileAuditSink.open(directory, keepAll()))
        .isInstanceOf(CorruptLogException.class);
    Files.delete(state);
    assertThatThrownBy(() -> FileAuditSink.open(directory, keepAll()))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("is missing");
  }

  private AuditLogSettings keepAll() {
    return Logs.settings(time, SMALL, Optional.empty());
  }

  private List<Segment> segments() throws IOException {
    return new ArrayList<>(Segment.of(0, new DiskLogFiles(directory).names()));
  }
}

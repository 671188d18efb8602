package dev.enclave.auditlog.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.write.Events;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.Logs;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Retention is stated in signed checkpoints before it removes anything. */
final class RetentionTest {

  private static final Duration YEAR = Duration.ofDays(400);
  private static final Duration MONTH = Duration.ofDays(30);
  private static final Duration DAY = Duration.ofDays(1);

  private final HandTime time = new HandTime();
  private final Path directory;
  private int records;

  RetentionTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
    time.setWallClock(Events.AT.plus(Duration.ofDays(100)));
  }

  @Test
  void removesNothing_untilACheckpointHasStatedItForADay() throws IOException {
    grow(Optional.of(MONTH), 30);
    assertThat(Logs.newest(directory).head().retention())
        .hasValue(new StatedRetention(MONTH, time.now().plus(DAY)));
    assertThat(removed()).isZero();

    time.advance(DAY.minusSeconds(1));
    grow(Optional.of(MONTH), 1);
    assertThat(removed()).isZero();

    time.advance(Duration.ofSeconds(1));
    grow(Optional.of(MONTH), 1);
    assertThat(removed()).isGreaterThan(20);
    assertThat(AuditLogVerifier.verify(directory).problem()).isEmpty();
  }

  /** Of a gap between two checkpoints a tenth of the age counts, three days of thirty. */
  @Test
  void aClockThatIsAheadRemovesNothingEarly_whicheverProcessHasIt() throws IOException {
    time.setWallClock(Events.AT);
    growDaily(10);
    time.setWallClock(time.now().plus(Duration.ofDays(65)));
    growDaily(18);
    assertThat(removed()).isZero();

    growDaily(3);
    assertThat(removed()).isPositive();
    assertThat(AuditLogVerifier.verify(directory).problem()).isEmpty();
  }

  /** As a version is destroyed by them where its backend tells no time. */
  @Test
  void theLogTellsWhenItHadRecords_onceForEachHour_alsoOfThoseThatAreRemoved() throws IOException {
    time.setWallClock(Events.AT);
    growDaily(3);
    grow(Optional.empty(), 1);
    time.advance(Duration.ofMinutes(59));
    grow(Optional.empty(), 1);
    try (FileAuditSink sink = FileAuditSink.open(directory, settings(Optional.empty()))) {
      assertThat(sink.timesOfRecords(Events.AT.plus(DAY)))
          .containsExactly(
              Events.AT.plus(DAY),
              Events.AT.plus(DAY.multipliedBy(2)),
              Events.AT.plus(DAY.multipliedBy(3)));
    }
  }

  private void growDaily(int days) throws IOException {
    for (int day = 0; day < days; day++) {
      grow(Optional.of(MONTH), 3);
      time.advance(DAY);
    }
  }

  @Test
  void aShorterOneRemovesNothingForADay_andTheOneBeforeItNothingMore() throws IOException {
    grow(Optional.of(YEAR), 30);
    time.advance(DAY);
    grow(Optional.of(MONTH), 1);
    assertThat(removed()).isZero();

    time.advance(DAY);
    grow(Optional.of(MONTH), 1);
    assertThat(removed()).isPositive();
  }

  @Test
  void aMistakeThatIsCorrectedWithinTheDayRemovesNothing() throws IOException {
    grow(Optional.of(YEAR), 30);
    grow(Optional.of(DAY), 1);
    time.advance(DAY.minusSeconds(1));
    grow(Optional.of(YEAR), 1);
    time.advance(DAY);
    grow(Optional.of(YEAR), 1);

    assertThat(removed()).isZero();
    assertThat(AuditLogVerifier.verify(directory).records()).isEqualTo(33);
  }

  @Test
  void aProcessWithoutASettingLeavesWhatWasStated() throws IOException {
    grow(Optional.of(MONTH), 30);
    StatedRetention stated = Logs.newest(directory).head().retention().orElseThrow();
    time.advance(DAY);
    grow(Optional.empty(), 5);

    assertThat(Logs.newest(directory).head().retention()).hasValue(stated);
    assertThat(removed()).isZero();
  }

  @Test
  void nothingIsStatedOrRemoved_beforeWhoeverOpenedTheLogSaysSo() throws IOException {
    grow(Optional.of(YEAR), 30);
    time.advance(DAY);
    StatedRetention stated = Logs.newest(directory).head().retention().orElseThrow();
    for (int i = 0; i < 2; i++) {
      try (FileAuditSink sink = FileAuditSink.open(directory, settings(Optional.of(MONTH)))) {
        assertThat(sink.shortenedRetention()).hasValue("from P400D to P30D");
        sink.append(Events.numbered(++records), Durability.DURABLE);
      }
      time.advance(DAY);
    }

    assertThat(Logs.newest(directory).head().retention()).hasValue(stated);
    assertThat(removed()).isZero();
  }

  @Test
  void tellsWhatItShortens() throws IOException {
    assertThat(shortenedBy(MONTH)).as("a log that has seen nothing").isEmpty();
    grow(Optional.empty(), 1);
    assertThat(shortenedBy(YEAR)).hasValue("from all to P400D");
    grow(Optional.of(YEAR), 1);
    assertThat(shortenedBy(YEAR)).isEmpty();
    assertThat(shortenedBy(YEAR.plusHours(1))).isEmpty();
    assertThat(shortenedBy(YEAR.minusHours(1))).hasValue("from P400D to PT9599H");
    grow(Optional.empty(), 1);
    assertThat(shortenedBy(YEAR)).as("a process without a setting was there").isEmpty();
  }

  @Test
  void whoHasNotTheKeyCannotChangeWhatWasStated() throws IOException {
    grow(Optional.of(YEAR), 1);
    Path file = directory.resolve(CheckpointFile.NAME);
    String stated = Files.readString(file);
    assertThat(stated).containsPattern("\nretention P400D from 2026-[^\n]*Z\n\n");

    for (String changed :
        new String[] {
          stated.replace("P400D", "P10D"), stated.replaceAll("\nretention [^\n]*\n", "\n")
        }) {
      Files.writeString(file, changed);
      assertThat(AuditLogVerifier.verify(directory).problem()).isPresent();
      assertThatThrownBy(() -> FileAuditSink.open(directory, settings(Optional.empty())))
          .isInstanceOf(CorruptLogException.class);
    }
  }

  @Test
  void aRetentionIsNotTakenBack() throws IOException {
    grow(Optional.of(YEAR), 1);
    LogHead head = Logs.newest(directory).head();
    LogHead without =
        new LogHead(
            time.now(), head.countersigner(), head.lanes(), head.removed(), Optional.empty());

    assertThatThrownBy(() -> CheckpointChain.requireGrowth(head, without))
        .isInstanceOf(CorruptLogException.class)
        .hasMessage("it takes the retention back");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "retention PT9600H from 2026-01-01T00:00:00Z",
        "retention P1M from 2026-01-01T00:00:00Z",
        "retention PT23H from 2026-01-01T00:00:00Z",
        "retention P400D from 2026-01-01",
        "retention P400D",
        "retention",
        "retention P400D  from 2026-01-01T00:00:00Z",
        "retention P400D until 2026-01-01T00:00:00Z",
        "retention P400D from 2026-01-01T00:00:00Z\nretention P400D from 2026-01-01T00:00:00Z"
      })
  void aHeadHasOneFormOfIt(String line) throws CorruptLogException {
    String head = "at 2026-01-01T00:00:00Z\n";
    String good = head + "retention P400D from 2026-01-02T00:00:00Z\n";
    assertThat(LogHead.parse(good, Optional.empty()).retention())
        .hasValue(new StatedRetention(YEAR, Instant.parse("2026-01-02T00:00:00Z")));

    assertThatThrownBy(() -> LogHead.parse(head + line + "\n", Optional.empty()))
        .isInstanceOf(CorruptLogException.class);
  }

  @Test
  void refusesAnAgeThatNoVerifierBelieves() {
    LogFiles files = new DiskLogFiles(directory);

    assertThatThrownBy(() -> new Retention(files, time, Optional.of(DAY.minusSeconds(1))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void grow(Optional<Duration> retention, int by) throws IOException {
    Logs.append(directory, settings(retention), records + 1, records + by);
    records += by;
  }

  private long removed() throws IOException {
    return Segment.of(0, new DiskLogFiles(directory).names()).first().first() - 1;
  }

  private Optional<String> shortenedBy(Duration setting) throws IOException {
    try (FileAuditSink sink = FileAuditSink.open(directory, settings(Optional.of(setting)))) {
      return sink.shortenedRetention();
    }
  }

  private AuditLogSettings settings(Optional<Duration> retention) {
    return Logs.settings(time, 2_000, retention);
  }
}

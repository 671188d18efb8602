package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.check.DirectoryAuditLog;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneCheck;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LaneState;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.LogLock;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.support.MachineTime;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever has the log's key deletes lanes, exchanges them, or goes on from a copy, and signs anew:
 * nothing is wrong with what is left, and a checkpoint that was kept outside finds it. In short
 * here; with {@code -Denclave.soak.records=10000} in a log of that many records.
 */
@Tag("full")
final class LanesAndForksTest {

  private static final int RECORDS = Integer.getInteger("enclave.soak.records", 100);

  /** As many as a log can have, in a long one. */
  private static final int LANES = Math.min(LogFiles.MOST_LANES, RECORDS / 16);

  /** How many copies are continued by Enclave itself, file by file. */
  private static final int COPIES = 20;

  /** Forks are continued to the checkpoint's size from this many records in a long log. */
  private static final int FORKS = 300;

  private final AuditLogSettings settings =
      Logs.settings(new HandTime(), 40L * RECORDS, Optional.empty());
  private final Path directory;
  private final Path elsewhere;

  LanesAndForksTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
    this.elsewhere = parent.resolve("elsewhere");
  }

  @BeforeEach
  void hasEnoughLanesToShowSomething() {
    assertThat(LANES).isGreaterThan(4);
  }

  @Test
  void everyDeletedLaneIsFound_andOnlyByTheCheckpoint_onceAllIsSignedAnew() throws IOException {
    Checkpoint outside = lanes();
    for (int lane = 0; lane < LANES; lane++) {
      Logs.copy(directory, elsewhere);
      delete(lane);
      assertThat(AuditLogVerifier.verify(elsewhere).problem())
          .hasValue("lane-" + lane + ".jsonl is missing");

      for (int later = lane + 1; later < LANES; later++) {
        rename(later, later - 1);
      }
      resign();
      assertFoundByTheCheckpointAlone(outside, "without lane " + lane);
    }
    System.out.println(LANES + " deleted lanes of a log of " + RECORDS + " records were found.");
  }

  @Test
  void everyExchangeOfNeighbouringLanesIsFound_andOnlyByTheCheckpoint_onceAllIsSignedAnew()
      throws IOException {
    Checkpoint outside = lanes();
    int spare = LogFiles.MOST_LANES;
    for (int lane = 0; lane + 1 < LANES; lane++) {
      Logs.copy(directory, elsewhere);
      rename(lane, spare);
      rename(lane + 1, lane);
      rename(spare, lane + 1);
      assertThat(AuditLogVerifier.verify(elsewhere).problem()).isPresent();

      resign();
      assertFoundByTheCheckpointAlone(outside, "exchanged at lane " + lane);
    }
  }

  /** What {@code audit verify} says of each: nothing alone, the fraud with the checkpoint. */
  private void assertFoundByTheCheckpointAlone(Checkpoint outside, String what) throws IOException {
    AuditVerification alone = AuditLogVerifier.verify(elsewhere);
    assertThat(alone.problem()).as("%s, without a checkpoint", what).isEmpty();
    assertThat(alone.uncovered()).isZero();
    assertThat(verified(elsewhere, outside).problem()).as(what).isPresent();
  }

  /** Makes a log of many lanes, in segments; gives the newest checkpoint. */
  private Checkpoint lanes() throws IOException {
    List<FileAuditSink> sinks = new ArrayList<>();
    for (int lane = 0; lane < LANES; lane++) {
      sinks.add(FileAuditSink.open(directory, settings));
    }
    for (int i = 0; i < RECORDS; i++) {
      sinks.get(i % LANES).append(Events.numbered(i), Durability.BUFFERED);
    }
    for (FileAuditSink sink : sinks) {
      sink.close();
    }
    Checkpoint outside = Logs.newest(directory);
    AuditVerification intact = verified(directory, outside);
    assertThat(intact.problem()).isEmpty();
    assertThat(intact.records()).isEqualTo(RECORDS);
    return outside;
  }

  private void delete(int lane) throws IOException {
    for (String name : filesOf(lane)) {
      Files.delete(elsewhere.resolve(name));
    }
  }

  private void rename(int lane, int to) throws IOException {
    for (String name : filesOf(lane)) {
      String renamed = name.replaceFirst("^lane-" + lane + "\\b", "lane-" + to);
      Files.move(elsewhere.resolve(name), elsewhere.resolve(renamed));
    }
  }

  private List<String> filesOf(int lane) throws IOException {
    return new DiskLogFiles(elsewhere)
        .names().stream().filter(name -> name.startsWith("lane-" + lane + ".")).toList();
  }

  /** Makes checkpoints of what is left, as whoever has the key can. */
  private void resign() throws IOException {
    Files.delete(elsewhere.resolve(CheckpointFile.NAME));
    try (CheckpointFile checkpoints =
        FileAuditSink.checkpoints(
            new LogLock(elsewhere, new MachineTime())::take,
            new DiskLogFiles(elsewhere),
            settings)) {
      DirectoryAuditLog.checkpointIdleLanes(
          new DirectoryAuditLog.Place(elsewhere, settings), checkpoints);
    }
  }

  @Test
  void everyForkFromACopyIsFound_andOnlyByTheCheckpoint_whicheverWayItGoesOn() throws IOException {
    int step = RECORDS / COPIES;
    List<Path> copies = new ArrayList<>();
    for (int i = 1; i <= COPIES; i++) {
      append(directory, (i - 1) * step + 1, i * step);
      copies.add(Logs.copy(directory, elsewhere.resolveSibling("copy-" + i)));
    }
    Checkpoint outside = Logs.newest(directory);
    assertThat(verified(directory, outside).problem()).isEmpty();
    for (int i = 1; i < COPIES; i++) {
      Path fork = copies.get(i - 1);
      int forked = i * step;
      assertFork(fork, outside, "as it was at " + forked);
      append(fork, forked + 1_000_001, forked + 1_000_001);
      assertFork(fork, outside, "one record after " + forked);
      append(fork, forked + 1_000_002, RECORDS + 1_000_000);
      assertFork(fork, outside, "forked at " + forked + ", as long as the log");
      append(fork, RECORDS + 1_000_001, RECORDS + 1_000_002);
      assertFork(fork, outside, "forked at " + forked + ", longer than the log");
    }
  }

  private void assertFork(Path fork, Checkpoint outside, String what) throws IOException {
    assertThat(AuditLogVerifier.verify(fork).problem()).as("a fork is a log of its own").isEmpty();
    assertThat(verified(fork, outside).problem()).as(what).isPresent();
  }

  /** Lets Enclave itself go on with a log. */
  private void append(Path log, int from, int to) throws IOException {
    try (FileAuditSink sink = FileAuditSink.open(log, settings)) {
      for (int i = from; i <= to; i++) {
        sink.append(Events.numbered(i), Durability.BUFFERED);
      }
    }
  }

  /** Each record is once the last before the fork; the lane is then verified as files are. */
  @Test
  void aForkAfterEveryRecordIsFound_asLongAsTheLog_shorterOrLonger() throws IOException {
    Events.log(directory, RECORDS);
    List<byte[]> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Logs.lane(directory, 0))) {
      lines.add(line.getBytes(StandardCharsets.UTF_8));
    }
    LaneHead head = Logs.newest(directory).head().lane(0);
    NavigableMap<Long, dev.enclave.Bytes> retained = new TreeMap<>();
    retained.put(head.size(), head.root());
    LaneCheck check = new LaneCheck(new Sha256(), LaneState.EMPTY, retained);
    String previous = AuditRecords.GENESIS;
    List<Fork> forks = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      forks.add(new Fork(i, previous, check.copy()));
      assertThat(check.accept(lines.get(i))).isEmpty();
      previous = String.valueOf(check.record().get("hash"));
    }
    assertThat(check.end()).isEmpty();
    long forged = 0;
    for (Fork fork : forks) {
      forged += fork.assertFound();
    }
    System.out.println(
        "Forks after each of " + RECORDS + " records were found; " + forged + " records forged.");
  }

  /**
   * A copy that is about to go another way.
   *
   * @param after how many records it shares with the log
   * @param previous the last one's hash
   * @param check as far as they go
   */
  private record Fork(int after, String previous, LaneCheck check) {

    /** Returns how many records it went on for. */
    long assertFound() {
      assertThat(check.end()).as("a copy of the first %d records", after).isPresent();
      boolean asLongAsTheLog =
          RECORDS - after <= FORKS || after % Math.max(1, RECORDS / FORKS) == 0;
      int end = asLongAsTheLog ? RECORDS : after + 1;
      Optional<String> problem = Optional.empty();
      String last = previous;
      for (int i = after; i < end; i++) {
        assertThat(problem).as("nothing is wrong before the checkpoint's size").isEmpty();
        SortedMap<String, String> other =
            PlainRecords.record(Events.numbered(1_000_000 + i), i + 1L, last);
        last = String.valueOf(other.get("hash"));
        problem = check.accept(AuditRecords.encode(other));
      }
      // At the checkpoint's size another root is seen at once, so no longer one gets past it.
      assertThat(end == RECORDS ? problem : check.end()).as("forked after %d", after).isPresent();
      return (long) end - after;
    }
  }

  private AuditVerification verified(Path log, Checkpoint outside) throws IOException {
    return Logs.verify(log, outside, Logs.key(directory));
  }
}

package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.LaneCheck;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LaneState;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.records.LineReader;
import dev.enclave.auditlog.support.HandTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is done to a log is found against a checkpoint that was kept outside. In short here;
 * with {@code -Denclave.soak.records=10000} every change of a long log, by verifying from the
 * changed record on with what verification knew before it.
 */
@Tag("full")
final class TamperingTest {

  private static final int RECORDS = Integer.getInteger("enclave.soak.records", 100);

  private final Path directory;
  private final List<byte[]> lines = new ArrayList<>();
  private final NavigableMap<Long, Bytes> retained = new TreeMap<>();

  TamperingTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
  }

  @Test
  void everySingleByteChangeIsFound() throws IOException {
    prepare();
    LaneCheck check = check();
    long changes = 0;
    for (int i = 0; i < RECORDS; i++) {
      byte[] line = lines.get(i);
      for (int at = 0; at < line.length; at++) {
        for (int mask : new int[] {1 << (at % 8), 0x80, 0xff}) {
          byte[] changed = line.clone();
          changed[at] ^= (byte) mask;
          assertProblem(acceptAll(check, changed), i, at);
          changes++;
        }
      }
      changes += changedEnd(check, i);
      assertThat(check.accept(line)).isEmpty();
    }
    assertThat(check.end()).isEmpty();
    assertThat(changes).isGreaterThan(1_000L * RECORDS);
    System.out.println(changes + " changes of a byte in " + RECORDS + " records were found.");
  }

  /** The LF changed: the next line follows at once. */
  private int changedEnd(LaneCheck check, int i) {
    byte[] line = lines.get(i);
    byte[] next = i + 1 < RECORDS ? lines.get(i + 1) : new byte[0];
    byte[] merged = Arrays.copyOf(line, line.length + 1 + next.length);
    merged[line.length] = (byte) ('\n' ^ 1);
    System.arraycopy(next, 0, merged, line.length + 1, next.length);
    assertProblem(i + 1 < RECORDS ? check.accept(merged) : check.acceptCut(), i, line.length);
    return 1;
  }

  /** A byte changed to LF makes two lines of one. */
  private static Optional<String> acceptAll(LaneCheck check, byte[] changed) {
    for (int i = 0; i < changed.length; i++) {
      if (changed[i] == '\n') {
        return check.accept(Arrays.copyOf(changed, i));
      }
    }
    return check.accept(changed);
  }

  @Test
  void everyTruncationIsFound() throws IOException {
    prepare();
    LaneCheck check = check();
    for (int i = 0; i < RECORDS; i++) {
      assertThat(check.end()).as("cut after record %d", i).isPresent();
      byte[] line = lines.get(i);
      for (int length = 1; length <= line.length; length++) {
        LineReader cut = new LineReader(new ByteArrayInputStream(line, 0, length), 0);
        assertThat(cut.next()).isEmpty();
        assertThat(cut.cut()).isTrue();
        assertThat(check.acceptCut()).isPresent();
      }
      assertThat(check.accept(line)).isEmpty();
    }
    assertThat(check.end()).isEmpty();
  }

  @Test
  void everySwapOfNeighbours_removal_andRepetitionIsFound() throws IOException {
    prepare();
    LaneCheck check = check();
    for (int i = 0; i < RECORDS; i++) {
      if (i + 1 < RECORDS) {
        assertThat(check.accept(lines.get(i + 1))).as("swapped, or removed").isPresent();
      }
      if (i > 0) {
        assertThat(check.accept(lines.get(i - 1))).as("repeated").isPresent();
      }
      assertThat(check.accept(lines.get(i))).isEmpty();
    }
  }

  @Test
  void everyRecordRewritten_withNewHashesForAllAfterIt_isFound_andOnlyByTheCheckpoint()
      throws IOException {
    prepare();
    LaneCheck check = check();
    LaneCheck alone = new LaneCheck(new Sha256(), LaneState.EMPTY, new TreeMap<>());
    int step = Math.max(1, RECORDS / 300);
    for (int i = 0; i < RECORDS; i++) {
      if (i % step == 0) {
        assertForgeryFound(check.copy(), alone.copy(), i);
      }
      assertThat(check.accept(lines.get(i))).isEmpty();
      assertThat(alone.accept(lines.get(i))).isEmpty();
    }
  }

  private void assertForgeryFound(LaneCheck check, LaneCheck alone, int from) throws IOException {
    Optional<String> problem = Optional.empty();
    String previous = from == 0 ? AuditRecords.GENESIS : hash(from - 1);
    for (int i = from; i < RECORDS && problem.isEmpty(); i++) {
      SortedMap<String, String> forged = AuditRecords.parse(lines.get(i));
      forged.put("previous", previous);
      if (i == from) {
        forged.put("caller", "nobody");
      }
      forged.put("hash", AuditRecords.hashOf(forged));
      previous = String.valueOf(forged.get("hash"));
      byte[] line = AuditRecords.encode(forged);
      problem = check.accept(line);
      assertThat(alone.accept(line)).as("the chain has no secret").isEmpty();
    }
    assertThat(problem.isPresent() ? problem : check.end()).as("from record %d", from).isPresent();
    assertThat(alone.end()).isEmpty();
  }

  private String hash(int record) throws IOException {
    return String.valueOf(AuditRecords.parse(lines.get(record)).get("hash"));
  }

  @Test
  void aLogThatGoesOnFromTheCheckpointIsFoundIntact() throws IOException {
    AuditLogSettings settings = Logs.settings(new HandTime(), 4_000, Optional.empty());
    List<Checkpoint> outside = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      Logs.append(directory, settings, i, i);
      outside.add(Logs.newest(directory));
    }
    for (Checkpoint checkpoint : outside) {
      assertThat(Logs.verify(directory, checkpoint, Logs.key(directory)).problem()).isEmpty();
    }
  }

  @Test
  void everySingleByteChangeOfTheCheckpointsIsFound() throws IOException {
    AuditLogSettings settings = Logs.settings(new HandTime(), 4_000, Optional.empty());
    Logs.append(directory, settings, 1, 20);
    for (String name : List.of(CheckpointFile.NAME, LogIdentity.PUBLIC)) {
      Path file = directory.resolve(name);
      byte[] content = Files.readAllBytes(file);
      for (int at = 0; at < content.length - 1; at++) {
        byte[] changed = content.clone();
        changed[at] ^= (byte) (1 << (at % 8));
        Files.write(file, changed);
        assertThat(AuditLogVerifier.verify(directory).problem()).as(name + " " + at).isPresent();
      }
      Files.write(file, content);
    }
  }

  @Test
  void whatCameAfterTheCheckpointCanBeCutAndResigned_unseen() throws IOException {
    AuditLogSettings settings = Logs.settings(new HandTime(), 1 << 20, Optional.empty());
    Logs.append(directory, settings, 1, 5);
    Checkpoint outside = Logs.newest(directory);
    byte[] checkpoints = Files.readAllBytes(directory.resolve(CheckpointFile.NAME));
    byte[] lane = Files.readAllBytes(Logs.lane(directory, 0));
    Logs.append(directory, settings, 6, 10);

    Files.write(directory.resolve(CheckpointFile.NAME), checkpoints);
    Files.write(Logs.lane(directory, 0), lane);

    assertThat(Logs.verify(directory, outside, Logs.key(directory)).problem()).isEmpty();
  }

  private void prepare() throws IOException {
    Events.log(directory, RECORDS);
    for (String line : Files.readAllLines(Logs.lane(directory, 0))) {
      lines.add(line.getBytes(StandardCharsets.UTF_8));
    }
    LaneHead head = Logs.newest(directory).head().lane(0);
    retained.put(head.size(), head.root());
    assertThat(head.size()).isEqualTo(RECORDS);
  }

  private LaneCheck check() {
    return new LaneCheck(new Sha256(), LaneState.EMPTY, retained);
  }

  private static void assertProblem(Optional<String> problem, int record, int at) {
    if (problem.isEmpty()) {
      throw new AssertionError(
          "record " + (record + 1) + " byte " + at + " : the change was not found");
    }
  }
}

package dev.enclave.auditlog.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.KeptCheckpoints;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.write.Events;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.LaneContent;
import dev.enclave.auditlog.write.Logs;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditLogVerifierTest {

  private final Path directory;
  private final Path lane;

  AuditLogVerifierTest(@TempDir Path directory) {
    this.directory = directory;
    this.lane = Logs.lane(directory, 0);
  }

  @Tag("full")
  @Test
  void everySingleByteChangeOfAShortLogIsFound() throws IOException {
    assertThat(changesFound(40, 1)).isGreaterThan(10_000);
  }

  @Tag("full")
  @Test
  void singleByteChangesAllOverALongLogAreFound() throws IOException {
    assertThat(changesFound(200, 17)).isGreaterThan(3_000);
  }

  private int changesFound(int records, int step) throws IOException {
    Events.log(directory, records);
    byte[] log = Files.readAllBytes(lane);
    int found = 0;
    for (int at = 0; at < log.length; at += step) {
      byte[] changed = log.clone();
      changed[at] ^= (byte) (1 << (at % 8));
      assertFound(changed, "byte " + at);
      found++;
    }
    return found;
  }

  @Tag("full")
  @Test
  void everyRemovedRecordButTheLastIsFound() throws IOException {
    List<String> lines = lines(200);
    for (int i = 0; i < 199; i++) {
      List<String> changed = new ArrayList<>(lines);
      changed.remove(i);
      assertFound(changed, "without record " + (i + 1));
    }
  }

  @Tag("full")
  @Test
  void everySwapOfNeighboursIsFound() throws IOException {
    List<String> lines = lines(200);
    for (int i = 0; i < 199; i++) {
      List<String> changed = new ArrayList<>(lines);
      Collections.swap(changed, i, i + 1);
      assertFound(changed, "swapped at " + (i + 1));
    }
  }

  @Tag("full")
  @Test
  void everyRepeatedRecordIsFound() throws IOException {
    List<String> lines = lines(200);
    for (int i = 0; i < 200; i++) {
      List<String> changed = new ArrayList<>(lines);
      changed.add(i, lines.get(i));
      assertFound(changed, "repeated " + (i + 1));
    }
  }

  @Tag("full")
  @Test
  void everyCutWithinARecordIsFound_andOnlyACutAtABorderIsNot() throws IOException {
    Events.log(directory, 20);
    byte[] log = Files.readAllBytes(lane);
    int records = 20;
    for (int length = log.length; length > 0; length--) {
      LaneContent verification = LaneContent.of(Arrays.copyOf(log, length));
      if (log[length - 1] == '\n') {
        // Not to be found from the log alone: that needs an outside copy of its end.
        assertThat(verification.problem()).isEmpty();
        assertThat(verification.records()).isEqualTo(records--);
      } else {
        assertThat(verification.problem()).as("cut to %d", length).isPresent();
      }
    }
  }

  @Test
  void aLogReplacedAsAWholeIsNotFound() throws IOException {
    Events.log(directory, 10);
    for (String name : new DiskLogFiles(directory).names()) {
      Files.delete(directory.resolve(name));
    }
    try (FileAuditSink forger = Logs.open(directory)) {
      forger.append(Events.numbered(666), Durability.DURABLE);
    }

    assertThat(AuditLogVerifier.verify(directory).intact()).isTrue();
  }

  @Test
  void aRecordWithANewHashOfItsOwnIsFound_byTheNext() throws IOException {
    List<String> lines = lines(3);
    var forged = AuditRecords.parse(lines.get(1).getBytes(StandardCharsets.UTF_8));
    forged.put("caller", "nobody");
    forged.put("hash", AuditRecords.hashOf(forged));
    lines.set(1, new String(AuditRecords.encode(forged), StandardCharsets.UTF_8));

    write(lines);

    assertThat(AuditLogVerifier.verify(directory).problem())
        .hasValue("lane-0.jsonl record 3: it does not follow from the record before it");
  }

  @Test
  void aMissingLaneIsFound_theLastOneByACheckpoint() throws IOException {
    try (FileAuditSink first = Logs.open(directory)) {
      first.append(Events.numbered(1), Durability.DURABLE);
      Events.log(directory, 2);
    }
    byte[] kept = Files.readAllBytes(lane);
    Files.delete(lane);
    assertThat(AuditLogVerifier.verify(directory).problem()).hasValue("lane-0.jsonl is missing");

    Files.write(lane, kept);
    Files.delete(Logs.lane(directory, 1));
    assertThat(AuditLogVerifier.verify(directory).problem()).hasValue("lane-1.jsonl is missing");

    Files.delete(directory.resolve("checkpoints"));
    assertThat(AuditLogVerifier.verify(directory).intact()).isTrue();
  }

  @Test
  void aChangeInALaterLaneIsFound() throws IOException {
    try (FileAuditSink first = Logs.open(directory)) {
      first.append(Events.numbered(1), Durability.DURABLE);
      Events.log(directory, 2);
    }
    Path second = Logs.lane(directory, 1);
    Files.writeString(second, Files.readString(second).replace("user:2", "user:3"));

    assertThat(AuditLogVerifier.verify(directory).problem())
        .hasValue("lane-1.jsonl record 2: its content does not match its hash");
  }

  @Test
  void anIntentWithoutAnOutcomeIsReportedAsUnknown() throws IOException {
    try (FileAuditSink sink = Logs.open(directory)) {
      for (String id : List.of("finished", "crashed")) {
        sink.append(Events.of(id, Phase.INTENT, "user:7", Map.of()), Durability.DURABLE);
      }
      sink.append(Events.of("finished", Phase.OUTCOME, "user:7", Map.of()), Durability.DURABLE);
    }

    AuditVerification verification = AuditLogVerifier.verify(directory);

    assertThat(verification.intact()).isTrue();
    assertThat(verification.unknownOutcomes()).containsExactly("crashed");
  }

  @Test
  void anEmptyDirectoryIsAnEmptyLog_andNoDirectoryIsAnError() throws IOException {
    assertThat(AuditLogVerifier.verify(directory).records()).isZero();
    assertThatThrownBy(() -> AuditLogVerifier.verify(directory.resolve("absent")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aKeptCheckpointIsMissed_whereNothingIsLeftButTheDirectory() throws IOException {
    Events.log(directory, 2);
    Checkpoint kept = Logs.newest(directory);
    Logs.clear(directory);

    assertThat(
            AuditLogVerifier.verify(
                    directory,
                    KeptCheckpoints.of(List.of(kept), kept.head().at()),
                    Optional.empty(),
                    false)
                .problem())
        .hasValue("checkpoint.pub is missing");
  }

  @Test
  void checkpointsWithoutTheirPublicKeyAreFound_thoughNoRecordIsLeft() throws IOException {
    Events.log(directory, 2);
    byte[] checkpoints = Files.readAllBytes(directory.resolve("checkpoints"));
    Logs.clear(directory);

    Files.write(directory.resolve("checkpoints"), checkpoints);
    assertThat(AuditLogVerifier.verify(directory).problem()).hasValue("checkpoint.pub is missing");
    Files.write(directory.resolve("checkpoints"), new byte[0]);
    assertThat(AuditLogVerifier.verify(directory).problem().orElseThrow())
        .contains("there are no records");
  }

  @Test
  void aLaneWithoutARecordNeedsNoCheckpoint_andALockOfTheLastLaneIsSeen() throws IOException {
    Events.log(directory, 2);
    Files.createFile(Logs.lane(directory, 1));
    Files.createFile(directory.resolve("lane-63.lock"));
    Files.createFile(directory.resolve("lane-64.lock"));

    AuditVerification found = AuditLogVerifier.verify(directory);
    assertThat(found.intact()).isTrue();
    assertThat(found.findings())
        .singleElement()
        .asString()
        .startsWith("lane-63.lock is there and no record of lane 63");
  }

  @Test
  void aPublicKeyThatIsNoneIsFound() throws IOException {
    Events.log(directory, 2);
    Files.writeString(directory.resolve("checkpoint.pub"), "nobody's key");

    assertThat(AuditLogVerifier.verify(directory).problem().orElseThrow())
        .contains("checkpoint.pub");
  }

  @Test
  void aChangedCheckpointIsFoundByItsNumber_andAMissingOneByTheKeptOne() throws IOException {
    Events.log(directory, 2);
    Path file = directory.resolve("checkpoints");
    String first = Files.readString(file);
    long number = AuditLogVerifier.verify(directory).checkpoints() + 1;
    try (FileAuditSink again = Logs.open(directory)) {
      again.append(Events.numbered(3), Durability.DURABLE);
    }
    Checkpoint kept = Logs.newest(directory);
    assertThat(kept.size()).isEqualTo(number);
    String second = Files.readString(file).substring(first.length());

    Files.writeString(file, first + second.replaceFirst("\n[0-9]+\n", "\n77\n"));
    assertThat(AuditLogVerifier.verify(directory).problem().orElseThrow())
        .contains("checkpoints number " + number + ": ");

    Files.writeString(file, first);
    KeptCheckpoints outside = KeptCheckpoints.of(List.of(kept), kept.head().at());
    assertThat(
            AuditLogVerifier.verify(directory, outside, Optional.empty(), false)
                .problem()
                .orElseThrow())
        .contains(String.valueOf(number - 1))
        .contains(String.valueOf(number));
  }

  private List<String> lines(int count) throws IOException {
    Events.log(directory, count);
    return new ArrayList<>(Files.readAllLines(lane));
  }

  private void write(List<String> lines) throws IOException {
    Files.writeString(lane, String.join("\n", lines) + "\n");
  }

  private static void assertFound(List<String> lines, String what) throws IOException {
    assertFound((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8), what);
  }

  private static void assertFound(byte[] log, String what) throws IOException {
    assertThat(LaneContent.of(log).problem()).as(what).isPresent();
  }
}

package dev.enclave.auditlog.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditVerification.Options;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.NoteSplitter;
import dev.enclave.auditlog.checkpoint.SignatureCheck;
import dev.enclave.auditlog.checkpoint.VerifierKeys;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.merkle.Rfc6962;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.write.Events;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.Logs;
import dev.enclave.error.IntegrityException;
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
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proofs that a log has only grown since a checkpoint that was kept. */
final class ConsistencyProofTest {

  private static final int ROUNDS = 9;

  private final HandTime time = new HandTime();
  private final Path parent;
  private final Path directory;

  ConsistencyProofTest(@TempDir Path parent) {
    this.parent = parent;
    this.directory = parent.resolve("audit");
  }

  @Test
  void betweenAnyTwoCheckpoints_theHashesAreThoseOfTheStandard() throws IOException {
    grow(directory, 1, ROUNDS);
    List<Checkpoint> all = checkpoints(directory);
    Checkpoint newest = all.get(all.size() - 1);
    List<byte[]> heads = all.stream().map(checkpoint -> checkpoint.head().leaf()).toList();
    assertThat(all).hasSizeGreaterThan(2 * ROUNDS);
    assertThat(newest.root().toByteArray()).isEqualTo(Rfc6962.mth(heads));
    assertThat(newest.head().lanes()).hasSize(2);

    for (Checkpoint kept : all) {
      String proof = log(directory).proveConsistency(kept.text());

      ConsistencyProof parsed = ConsistencyProof.parse(proof);
      assertThat(parsed.path()).containsExactlyElementsOf(Rfc6962.proof((int) kept.size(), heads));
      assertThat(parsed.headPath())
          .containsExactlyElementsOf(Rfc6962.path(heads.size() - 1, heads));
      assertThat(parsed.lanes().keySet()).isEqualTo(kept.head().lanes().keySet());
      for (int lane : parsed.lanes().keySet()) {
        List<byte[]> lines = lines(directory, lane);
        assertThat(newest.head().lane(lane).root().toByteArray()).isEqualTo(Rfc6962.mth(lines));
        assertThat(parsed.lanes().get(lane))
            .containsExactlyElementsOf(Rfc6962.proof((int) kept.head().lane(lane).size(), lines));
      }
      assertThat(check(proof, kept)).isEqualTo(newest.text());
    }
  }

  @Test
  void aProofNeedsNeitherLogNorRecords() throws IOException {
    grow(directory, 1, 2);
    Checkpoint kept = checkpoints(directory).get(1);
    String proof = log(directory).proveConsistency(kept.text());
    String key = Logs.key(directory);

    assertThat(proof).contains("enclave-audit-consistency-proof/1").doesNotContain("user:");
    assertThat(
            log(parent.resolve("nowhere"))
                .checkConsistency(proof, Options.against(kept.text()).verifierKeys(key)))
        .isEqualTo(Logs.newest(directory).text());
  }

  @Test
  void everyHashAndEveryPartIsNeeded() throws IOException {
    grow(directory, 1, ROUNDS);
    Checkpoint kept = checkpoints(directory).get(6);
    ConsistencyProof proof = ConsistencyProof.parse(log(directory).proveConsistency(kept.text()));
    List<ConsistencyProof> changed = new ArrayList<>();
    for (List<byte[]> path : changes(proof.path())) {
      changed.add(new ConsistencyProof(path, proof.headPath(), proof.lanes(), proof.checkpoint()));
    }
    for (List<byte[]> path : changes(proof.headPath())) {
      changed.add(new ConsistencyProof(proof.path(), path, proof.lanes(), proof.checkpoint()));
    }
    assertThat(proof.lanes()).hasSize(2);
    for (int lane : proof.lanes().keySet()) {
      for (List<byte[]> path : changes(proof.lanes().getOrDefault(lane, List.of()))) {
        changed.add(withLane(proof, lane, path));
      }
      SortedMap<Integer, List<byte[]>> fewer = new TreeMap<>(proof.lanes());
      fewer.remove(lane);
      changed.add(new ConsistencyProof(proof.path(), proof.headPath(), fewer, proof.checkpoint()));
    }
    changed.add(withLane(proof, 7, List.of()));
    for (Checkpoint other : checkpoints(directory)) {
      if (!other.text().equals(proof.checkpoint())) {
        changed.add(
            new ConsistencyProof(proof.path(), proof.headPath(), proof.lanes(), other.text()));
      }
    }
    assertThat(check(proof.toJson(), kept)).isEqualTo(proof.checkpoint());
    assertThat(changed).hasSizeGreaterThan(40);

    for (ConsistencyProof one : changed) {
      assertThatThrownBy(() -> check(one.toJson(), kept))
          .isInstanceOf(IntegrityException.class)
          .hasMessageContaining("The proof proves nothing");
    }
  }

  @Test
  void theOlderCheckpointMustBeSigned() throws IOException {
    grow(directory, 1, 2);
    Checkpoint kept = checkpoints(directory).get(1);
    Checkpoint other = checkpoints(directory).get(2);
    ConsistencyProof proof = ConsistencyProof.parse(log(directory).proveConsistency(kept.text()));
    SignatureCheck signatures = SignatureCheck.of(VerifierKeys.parse(Logs.key(directory)));
    String signature = other.text().substring(other.text().indexOf("\n\n"));
    String text = kept.text().substring(0, kept.text().indexOf("\n\n")) + signature;
    Checkpoint unsigned = Checkpoint.parse(text.getBytes(StandardCharsets.UTF_8));

    assertThat(proof.check(kept, signatures).text()).isEqualTo(proof.checkpoint());
    assertThatThrownBy(() -> proof.check(unsigned, signatures)).isInstanceOf(IOException.class);
  }

  @Test
  void aProofFromOneCheckpointProvesNothingOfAnother() throws IOException {
    grow(directory, 1, ROUNDS);
    List<Checkpoint> all = checkpoints(directory);
    String proof = log(directory).proveConsistency(all.get(4).text());

    for (Checkpoint other : all) {
      if (other.size() != 5) {
        assertThatThrownBy(() -> check(proof, other)).isInstanceOf(IntegrityException.class);
      }
    }
  }

  /** The copy has the key, so its checkpoints are signed as well as any. */
  @Test
  void aForkFromACopyHasNoProof_andItsProofsAreRefused() throws IOException {
    grow(directory, 1, 3);
    Path copy = Logs.copy(directory, parent.resolve("copy"));
    grow(directory, 10, 13);
    Checkpoint kept = Logs.newest(directory);
    grow(copy, 20, 24);
    Checkpoint common = checkpoints(copy).get(2);

    assertThatThrownBy(() -> log(copy).proveConsistency(kept.text()))
        .isInstanceOf(IntegrityException.class)
        .hasMessageContaining("another one than the checkpoint that was kept outside");
    for (Checkpoint from : checkpoints(copy)) {
      String proof = log(copy).proveConsistency(from.text());
      assertThatThrownBy(() -> check(proof, kept)).isInstanceOf(IntegrityException.class);
    }
    assertThat(check(log(copy).proveConsistency(common.text()), common)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aChangedRecordHasNoProof_beforeTheCheckpointAndAfterIt(boolean before) throws IOException {
    grow(directory, 1, 3);
    Checkpoint kept = checkpoints(directory).get(before ? 3 : 1);
    Path lane = directory.resolve("lane-0.jsonl");
    String records = Files.readString(lane);
    int at = before ? records.indexOf("user:") : records.lastIndexOf("user:");
    Files.writeString(lane, records.substring(0, at) + "nobody" + records.substring(at + 5));

    assertThatThrownBy(() -> log(directory).proveConsistency(kept.text()))
        .isInstanceOf(IntegrityException.class)
        .hasMessageContaining("lane 0 is not the one a checkpoint has seen");
  }

  @Test
  void aCheckpointOfAnotherLogHasNoProof() throws IOException {
    grow(directory, 1, 2);
    Path other = parent.resolve("other");
    grow(other, 1, 2);

    assertThatThrownBy(() -> log(directory).proveConsistency(Logs.newest(other).text()))
        .isInstanceOf(IntegrityException.class)
        .hasMessageContaining("cannot be trusted");
  }

  @Test
  void afterRetention_checkpointsThatSawAllThatIsGoneStillHaveProofs_olderOnesHaveNone()
      throws IOException {
    time.setWallClock(Events.AT.plus(Duration.ofDays(500)));
    AuditLogSettings settings = settings(Optional.of(Duration.ofDays(400)));
    for (int i = 1; i < 60; i += 3) {
      Logs.append(directory, settings, i, i + 2);
      time.advance(Duration.ofDays(1));
    }
    long gone = Segment.of(0, new DiskLogFiles(directory).names()).first().first() - 1;
    int proven = 0;
    int refused = 0;
    time.advance(Duration.ofDays(400));
    for (Checkpoint kept : checkpoints(directory)) {
      if (kept.head().lane(0).size() >= gone) {
        assertThat(
                log(directory)
                    .checkConsistency(
                        log(directory).proveConsistency(kept.text()),
                        Options.against(kept.text()).retention(Duration.ofDays(400))))
            .isNotEmpty();
        proven++;
      } else {
        assertThatThrownBy(() -> log(directory).proveConsistency(kept.text()))
            .isInstanceOf(UsageException.class)
            .hasMessageContaining("Retention has removed records 1 to " + gone + " of lane 0");
        refused++;
      }
    }
    assertThat(proven).isGreaterThan(1);
    assertThat(refused).isGreaterThan(5);
  }

  @Test
  void keptCheckpointsOfTwoForksAreRefused() throws IOException {
    grow(directory, 1, 3);
    Path copy = Logs.copy(directory, parent.resolve("copy"));
    Logs.append(copy, Logs.settings(time, 1 << 20, Optional.empty()), 500, 560);
    Checkpoint other = Logs.newest(copy);
    grow(directory, 10, 11);
    Checkpoint kept = Logs.newest(directory);
    Checkpoint sameNumber = checkpoints(directory).get((int) other.size() - 1);
    String proof = log(directory).proveConsistency(kept.text());
    assertThat(other.size()).isLessThan(kept.size());

    assertThatThrownBy(() -> check(proof, kept, other))
        .isInstanceOf(IntegrityException.class)
        .hasMessageContaining("does not go on from number " + other.size());
    assertThatThrownBy(() -> check(proof, kept, other, sameNumber))
        .isInstanceOf(IntegrityException.class)
        .hasMessageContaining("two kept checkpoints are number " + other.size());
    assertThat(check(proof, kept, sameNumber)).isEqualTo(Logs.newest(directory).text());
  }

  @Test
  void refusesAWaivedCountersignature_sinceAProofHasNone() throws IOException {
    grow(directory, 1, 2);
    Checkpoint kept = checkpoints(directory).get(1);
    String proof = log(directory).proveConsistency(kept.text());
    Options waived = Options.against(kept.text()).waiveCountersignature();

    assertThatThrownBy(() -> log(directory).checkConsistency(proof, waived))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("A proof without its countersignature proves nothing");
  }

  @Test
  void theTwoKindsOfProofAreNotTakenForEachOther() throws IOException {
    grow(directory, 1, 2);
    Checkpoint kept = checkpoints(directory).get(1);
    String ofRecord = log(directory).prove(0, 1);
    String ofGrowth = log(directory).proveConsistency(kept.text());

    assertThatThrownBy(() -> check(ofRecord, kept))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("it is no proof between two checkpoints");
    assertThatThrownBy(() -> log(directory).checkProof(ofGrowth, Optional.empty()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("it is no proof of an audit record");
  }

  private static ConsistencyProof withLane(ConsistencyProof proof, int lane, List<byte[]> path) {
    SortedMap<Integer, List<byte[]>> lanes = new TreeMap<>(proof.lanes());
    lanes.put(lane, path);
    return new ConsistencyProof(proof.path(), proof.headPath(), lanes, proof.checkpoint());
  }

  /** One hash changed, left out or repeated, at every place; one more at the end. */
  private static List<List<byte[]>> changes(List<byte[]> path) {
    List<List<byte[]>> changes = new ArrayList<>();
    for (int i = 0; i < path.size(); i++) {
      byte[] other = path.get(i).clone();
      other[i % other.length] ^= 1;
      List<byte[]> changed = new ArrayList<>(path);
      changed.set(i, other);
      changes.add(changed);
      List<byte[]> shorter = new ArrayList<>(path);
      shorter.remove(i);
      changes.add(shorter);
      List<byte[]> repeated = new ArrayList<>(path);
      repeated.add(i, path.get(i));
      changes.add(repeated);
    }
    List<byte[]> longer = new ArrayList<>(path);
    longer.add(new byte[32]);
    changes.add(longer);
    return changes;
  }

  /** Two processes at a time, again and again; the second joins in the second round. */
  private void grow(Path log, int from, int to) throws IOException {
    for (int i = from; i <= to; i++) {
      try (FileAuditSink one = FileAuditSink.open(log, settings(Optional.empty()))) {
        for (int j = 0; j < i % 4 + 1; j++) {
          one.append(Events.numbered(100 * i + j), Durability.DURABLE);
        }
        if (i > from || from > 1) {
          Logs.append(log, settings(Optional.empty()), 100 * i + 50, 100 * i + 50 + i % 3);
        }
      }
    }
  }

  private static List<Checkpoint> checkpoints(Path log) throws IOException {
    NoteSplitter splitter = new NoteSplitter();
    byte[] content = Files.readAllBytes(log.resolve(CheckpointFile.NAME));
    List<byte[]> notes = new ArrayList<>(splitter.add(content, content.length));
    notes.add(splitter.rest());
    List<Checkpoint> checkpoints = new ArrayList<>();
    for (byte[] note : notes) {
      checkpoints.add(Checkpoint.parse(note));
    }
    return checkpoints;
  }

  private static List<byte[]> lines(Path log, int lane) throws IOException {
    List<byte[]> lines = new ArrayList<>();
    for (Segment segment : Segment.of(lane, new DiskLogFiles(log).names())) {
      for (String line : Files.readAllLines(log.resolve(segment.name()))) {
        lines.add(line.getBytes(StandardCharsets.UTF_8));
      }
    }
    return lines;
  }

  private String check(String proof, Checkpoint kept, Checkpoint... older) {
    Options options = Options.against(kept.text());
    for (Checkpoint one : older) {
      options = options.and(one.text());
    }
    return log(directory).checkConsistency(proof, options);
  }

  private AuditLog log(Path where) {
    return new DirectoryAuditLog(
        () -> new DirectoryAuditLog.Place(where, settings(Optional.empty())), time);
  }

  private AuditLogSettings settings(Optional<Duration> retention) {
    return Logs.settings(time, 2_000, retention);
  }
}

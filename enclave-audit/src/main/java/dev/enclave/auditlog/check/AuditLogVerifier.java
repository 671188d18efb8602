package dev.enclave.auditlog.check;

import dev.enclave.audit.AuditVerification;
import dev.enclave.audit.AuditVerification.Countersigned;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.KeptCheckpoints;
import dev.enclave.auditlog.checkpoint.LogHead;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.auditlog.checkpoint.NoteSplitter;
import dev.enclave.auditlog.checkpoint.SignatureCheck;
import dev.enclave.auditlog.checkpoint.VerifierKeys;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneCheck;
import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.file.LaneLines;
import dev.enclave.auditlog.file.LaneState;
import dev.enclave.auditlog.file.LaneTail;
import dev.enclave.auditlog.file.LogClaims;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.LineReader;
import dev.enclave.auditlog.records.Reasons;
import dev.enclave.auditlog.records.Runs;
import dev.enclave.auditlog.records.Runs.OpenIntents;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.auditlog.write.FileAuditSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * Reads a log again and recomputes its chains, trees and checkpoints. Against a checkpoint that was
 * kept outside it finds whatever was done to the records that one covers; without one, whoever has
 * the log's own key can have rewritten it.
 */
public final class AuditLogVerifier {

  private final OpenIntents intents = new OpenIntents();
  private final List<String> removed = new ArrayList<>();
  private final List<String> findings = new ArrayList<>();
  private final Sha256 hasher = new Sha256();
  private final Path directory;
  private final LogFiles files;
  private final Optional<VerifierKeys> given;
  private final boolean waived;
  private long records;
  private long checkpoints;
  private Optional<Countersigned> countersigned = Optional.empty();
  private long uncovered;
  private Optional<Instant> uncoveredSince = Optional.empty();

  private AuditLogVerifier(Path directory, Optional<VerifierKeys> given, boolean waived) {
    this.given = given;
    this.waived = waived;
    this.directory = directory;
    this.files = new DiskLogFiles(directory);
  }

  /**
   * Verifies every lane of a directory, with all that sinks of this process have accepted before.
   *
   * @throws IOException when the directory or a lane cannot be read
   */
  public static AuditVerification verify(Path directory) throws IOException {
    return verify(directory, KeptCheckpoints.NONE, Optional.empty(), false);
  }

  /**
   * As {@link #verify(Path)}, and that the log goes on from checkpoints that were kept outside.
   *
   * @param kept which let believe that records were removed; no others are
   * @param given the verifier keys that were kept outside; none for those that lie in the log
   * @param waived whether countersignatures are left unchecked
   */
  public static AuditVerification verify(
      Path directory, KeptCheckpoints kept, Optional<VerifierKeys> given, boolean waived)
      throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException("it is not a directory");
    }
    FileAuditSink.flush(directory);
    AuditLogVerifier verifier = new AuditLogVerifier(directory, given, waived);
    Set<String> names = verifier.files.names();
    Optional<String> problem;
    try {
      problem = verifier.problem(kept, names);
    } catch (CorruptLogException e) {
      // A file that is no regular one, as a named pipe or a link.
      problem = Optional.of(Reasons.of(e));
    }
    if (problem.isEmpty() && verifier.records == 0) {
      problem = Optional.of(Texts.NO_RECORDS.with(directory));
    }
    return verifier.result(
        problem, names.stream().filter(name -> name.contains(LaneTail.TORN)).sorted().toList());
  }

  private AuditVerification result(Optional<String> problem, List<String> fragments) {
    return new LogVerification(
        records,
        problem,
        intents.ids(),
        fragments,
        checkpoints,
        removed,
        uncovered,
        uncoveredSince,
        countersigned,
        findings);
  }

  private Optional<String> problem(KeptCheckpoints kept, Set<String> names) throws IOException {
    // Before the lanes, which go on growing: what it says of them was true of them then.
    boolean anyCheckpoint = names.contains(CheckpointFile.NAME) && checkpointBytes() > 0;
    VerifierKeys keys;
    if (given.isPresent()) {
      keys = given.get();
    } else if (names.contains(LogIdentity.PUBLIC)) {
      try {
        keys = LogIdentity.verifier(files);
      } catch (CorruptLogException e) {
        return Optional.ofNullable(e.getMessage());
      }
    } else {
      // A log has its key before its first record.
      boolean anything =
          anyCheckpoint || !kept.all().isEmpty() || Segment.all(names).findAny().isPresent();
      return anything ? Optional.of(Texts.MISSING.with(LogIdentity.PUBLIC)) : Optional.empty();
    }
    CheckpointCheck check = new CheckpointCheck(new SignatureCheck(keys, waived), kept);
    Optional<String> problem =
        (anyCheckpoint ? checkpoints(check) : check.accept(Optional.empty(), 0))
            .or(() -> kept.unbelieved(check.head()));
    checkpoints = check.size();
    countersigned =
        check
            .head()
            .countersigner()
            .map(
                named -> new Countersigned(named.key().text(), check.countersignedFrom(), !waived));
    return problem.isPresent() ? problem : lanes(files.names(), check);
  }

  private long checkpointBytes() throws IOException {
    try (LaneFile file = files.openToRead(CheckpointFile.NAME)) {
      return file.size();
    }
  }

  /** A process that writes the file may have written half a note so far. */
  private Optional<String> checkpoints(CheckpointCheck check) throws IOException {
    try (LaneFile file = files.openToRead(CheckpointFile.NAME)) {
      long size = file.size();
      for (int look = 0; look < LineReader.LOOKS && !endsWithWholeNote(file, size); look++) {
        LineReader.pause();
        size = file.size();
      }
      return check.accept(Optional.of(file), size);
    }
  }

  private static boolean endsWithWholeNote(LaneFile file, long size) throws IOException {
    byte[] end = new byte[(int) Math.min(size, NoteSplitter.LONGEST)];
    file.read(size - end.length, end, 0, end.length);
    NoteSplitter splitter = new NoteSplitter();
    try {
      splitter.add(end, end.length);
      byte[] last = splitter.rest();
      return NoteSplitter.whole(last) && Checkpoint.parse(last).complete();
    } catch (CorruptLogException e) {
      return true; // Waiting makes it no better.
    }
  }

  private Optional<String> lanes(Set<String> names, CheckpointCheck check) throws IOException {
    LogHead head = check.head();
    int last =
        Stream.concat(head.lanes().keySet().stream(), Segment.all(names).map(Segment::lane))
            .max(Comparator.naturalOrder())
            .orElse(-1);
    Optional<String> problem = Optional.empty();
    for (int lane = 0; lane <= last && problem.isEmpty(); lane++) {
      problem = lane(lane, names, head.removed(lane), check);
    }
    for (int lane = last + 1; lane < LogFiles.MOST_LANES; lane++) {
      if (names.contains(LogClaims.lockName(lane))) {
        findings.add(Texts.LANE_WITHOUT_RECORDS.with(LogClaims.lockName(lane), lane));
      }
    }
    return problem;
  }

  private Optional<String> lane(int lane, Set<String> names, long removedTo, CheckpointCheck check)
      throws IOException {
    List<Segment> segments = new ArrayList<>(Segment.of(lane, names));
    // What retention was about to remove, a crash may have left in part.
    while (segments.size() > 1 && segments.get(1).first() - 1 <= removedTo) {
      segments.remove(0);
    }
    Segment first = new Segment(lane, 1);
    if (segments.isEmpty() || segments.get(0).first() - 1 > removedTo) {
      // Lanes are taken from the first on, so one before another has been there.
      return Optional.of(Texts.MISSING.with(first.name()));
    }
    Segment oldest = segments.get(0);
    if (oldest.first() > 1) {
      removed.add(Texts.RECORDS_GONE.with(lane, oldest.first() - 1));
    }
    LaneState before;
    try {
      before = LaneState.before(files, oldest);
    } catch (CorruptLogException e) {
      return Optional.ofNullable(e.getMessage());
    }
    LaneCheck lanes = new LaneCheck(hasher, before, check.expected(lane));
    Optional<String> start = lanes.begin();
    if (start.isPresent()) {
      return start.map(text -> oldest.stateName() + " " + text);
    }
    Runs runs = new Runs(lane);
    for (Segment segment : segments) {
      Optional<String> problem = segment(segment, lanes, runs);
      if (problem.isPresent()) {
        return problem.map(text -> segment.name() + " " + text);
      }
    }
    if (lanes.size() > 0 && check.expected(lane).isEmpty()) {
      findings.add(Texts.NO_CHECKPOINT_KNOWS.with(lane));
    }
    findings.addAll(runs.findings());
    return lanes.end().map(text -> segments.get(segments.size() - 1).name() + " " + text);
  }

  private Optional<String> segment(Segment segment, LaneCheck lane, Runs runs) throws IOException {
    if (segment.first() != lane.size() + 1) {
      return Optional.of(Texts.SEGMENT_BEGINS_ELSEWHERE.with());
    }
    if (segment.first() > 1) {
      try {
        if (!LaneState.before(files, segment).equals(lane.state())) {
          return Optional.of(Texts.SEGMENT_DOES_NOT_FOLLOW.with());
        }
      } catch (CorruptLogException e) {
        return Optional.ofNullable(e.getMessage());
      }
    }
    try (InputStream in = LaneLines.stream(directory, segment)) {
      return records(new LineReader(in, LineReader.LOOKS), lane, runs);
    } catch (CorruptLogException e) {
      // The file is none, or the next line is longer than any record.
      return Optional.of(Texts.RECORD_PROBLEM.with(lane.size() + 1, Reasons.of(e)));
    }
  }

  private Optional<String> records(LineReader lines, LaneCheck lane, Runs runs) throws IOException {
    Optional<byte[]> line = lines.next();
    while (line.isPresent()) {
      Optional<String> problem = lane.accept(line.get());
      if (problem.isPresent()) {
        return problem;
      }
      records++;
      intents.follow(lane.record());
      runs.follow(lane.record(), lane.size(), lane.covered());
      if (!lane.covered()) {
        countUncovered(lane.record());
      }
      line = lines.next();
    }
    return lines.cut() ? lane.acceptCut() : Optional.empty();
  }

  private void countUncovered(SortedMap<String, String> record) {
    uncovered++;
    try {
      Instant at = Instant.parse(record.getOrDefault("at", ""));
      uncoveredSince = Optional.of(uncoveredSince.filter(at::isAfter).orElse(at));
    } catch (DateTimeParseException e) {
      // Whoever wrote it that way has the record's hash right; there is no time to tell.
    }
  }

  /** What a look at the log found. */
  public record LogVerification(
      long records,
      Optional<String> problem,
      List<String> unknownOutcomes,
      List<String> fragments,
      long checkpoints,
      List<String> removed,
      long uncovered,
      Optional<Instant> uncoveredSince,
      Optional<Countersigned> countersigned,
      List<String> findings)
      implements AuditVerification {
    public LogVerification {
      unknownOutcomes = List.copyOf(unknownOutcomes);
      fragments = List.copyOf(fragments);
      removed = List.copyOf(removed);
      findings = List.copyOf(findings);
    }
  }
}

package dev.enclave.auditlog.check;

import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointChain;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.Countersigner;
import dev.enclave.auditlog.checkpoint.LogHead;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.auditlog.checkpoint.NoteSplitter;
import dev.enclave.auditlog.checkpoint.StatedRetention;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.file.LaneLines;
import dev.enclave.auditlog.file.LaneState;
import dev.enclave.auditlog.file.LaneTail;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.texts.Texts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What a log's last lines say of it; nothing is verified.
 *
 * @param made whether it has its name and key
 * @param countersigner the backend's key that it has named, if it has
 * @param uncovered how many records are in no checkpoint
 * @param newest when the newest checkpoint was made
 * @param retention as it states it
 */
public record LogSummary(
    boolean made,
    Optional<Countersigner> countersigner,
    long uncovered,
    Optional<Instant> newest,
    Optional<StatedRetention> retention) {

  /** Reads a directory, which others may write meanwhile. */
  public static LogSummary read(Path directory) throws IOException {
    LogFiles files = new DiskLogFiles(directory);
    boolean made = LogIdentity.recorded(files).isPresent();
    Optional<Checkpoint> newest = made ? newest(files) : Optional.empty();
    LogHead head = newest.map(Checkpoint::head).orElseGet(() -> new CheckpointChain("").head());
    long uncovered = 0;
    for (int lane : LaneLines.lanes(files)) {
      SortedSet<Segment> segments = Segment.of(lane, files.names());
      Segment last = segments.last();
      try (LaneFile file = files.openToRead(last.name())) {
        long size = LaneTail.read(file, LaneState.before(files, last)).sequence();
        uncovered += Math.max(0, size - head.lane(lane).size());
      }
    }
    return new LogSummary(
        made,
        head.countersigner(),
        uncovered,
        newest.map(checkpoint -> checkpoint.head().at()),
        head.retention());
  }

  /** The last whole note. */
  private static Optional<Checkpoint> newest(LogFiles files) throws IOException {
    if (!files.names().contains(CheckpointFile.NAME)) {
      return Optional.empty();
    }
    byte[] content;
    try (LaneFile file = files.openToRead(CheckpointFile.NAME)) {
      // Two notes at least, if there are any; the first may begin in its middle.
      content = file.tail((int) Math.min(file.size(), NoteSplitter.LONGEST));
    }
    NoteSplitter splitter = new NoteSplitter();
    var notes = splitter.add(content, content.length);
    byte[] last = splitter.lines();
    if (last.length > 0 && NoteSplitter.whole(last)) {
      return Optional.of(Checkpoint.parse(last));
    }
    return notes.isEmpty()
        ? Optional.empty()
        : Optional.of(Checkpoint.parse(notes.get(notes.size() - 1)));
  }

  /** From what to what a setting would shorten the retention, if it would. */
  public Optional<String> shortenedRetention(Optional<Duration> setting) {
    return newest.isPresent()
        ? setting.flatMap(age -> StatedRetention.shortening(retention, age))
        : Optional.empty();
  }

  /** The retention that checkpoints state, for people. */
  public String retained() {
    return retention
        .map(
            stated ->
                Texts.RETENTION_STATED.with(StatedRetention.text(stated.age()), stated.from()))
        .orElse(Texts.NO_RETENTION.with());
  }

  /** How many records are in no checkpoint, for people. */
  public String coverage() {
    return Texts.UNCOVERED.with(
        uncovered, newest.map(at -> Texts.NEWEST_OF.with(at)).orElse(Texts.AND_NONE.with()));
  }
}

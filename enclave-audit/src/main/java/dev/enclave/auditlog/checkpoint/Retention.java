package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.ObservedTime;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;

/**
 * Removes segments of a lane whose records are all older than a given age, once a checkpoint has
 * stated that age for a day, covers them and says that they may be gone. The last segment stays. No
 * clock alone makes a record old: of the time between two checkpoints {@link ObservedTime} counts.
 */
public final class Retention {

  private static final int LONGEST_START = 1 << 20;

  private final LogFiles files;
  private final TimeSource time;
  private final Optional<Duration> age;
  private volatile boolean begun;

  /**
   * @param files of the log
   * @param time the clock
   * @param age a day or more; none to keep everything
   */
  public Retention(LogFiles files, TimeSource time, Optional<Duration> age) {
    if (age.filter(shorter -> shorter.compareTo(KeptCheckpoints.YOUNGEST_REMOVAL) < 0)
        .isPresent()) {
      throw new IllegalArgumentException("no verifier believes a retention of " + age.get());
    }
    this.files = files;
    this.time = time;
    this.age = age;
  }

  /** Begins to state and to remove, which whoever opens the log has recorded. */
  public void begin() {
    begun = true;
  }

  /** Whether it states and removes. */
  public boolean begun() {
    return begun;
  }

  /** Says from what to what it would shorten the retention of a log. */
  public Optional<String> shortens(Checkpoint newest) {
    return age.flatMap(to -> StatedRetention.shortening(newest.head().retention(), to));
  }

  /** Removes what is due; {@code covered} is what the newest checkpoint says of the lane. */
  public void apply(CheckpointFile checkpoints, int lane, LaneHead covered) throws IOException {
    if (age.isEmpty() || !begun) {
      return;
    }
    Instant now = time.now();
    Optional<StatedRetention> stated = checkpoints.append(now, age.get()).head().retention();
    List<Segment> segments = new ArrayList<>(Segment.of(lane, files.names()));
    if (stated.filter(retention -> !now.isBefore(retention.from())).isPresent()) {
      stateRemoval(checkpoints, lane, covered, segments, now);
    }
    long removed = checkpoints.head().removed(lane);
    for (Segment segment : segments.subList(0, segments.size() - 1)) {
      if (next(segments, segment).first() - 1 <= removed) {
        files.delete(segment.name());
        files.delete(segment.stateName());
      }
    }
    files.force();
  }

  private void stateRemoval(
      CheckpointFile checkpoints, int lane, LaneHead covered, List<Segment> segments, Instant now)
      throws IOException {
    Duration oldest = age.orElseThrow();
    NavigableSet<Instant> seen = checkpoints.times();
    long first = segments.get(0).first();
    int keep = 0;
    while (keep + 1 < segments.size()
        && segments.get(keep + 1).first() <= covered.size()
        && isOlder(firstRecordAt(segments.get(keep + 1)), oldest, seen, now)) {
      keep++;
    }
    long removedTo = segments.get(keep).first() - 1;
    if (removedTo >= first) {
      checkpoints.append(now, lane, covered, removedTo);
    }
  }

  /**
   * Whether a record is that old by the clock, and by the checkpoints that have seen the time pass:
   * a clock that was set ahead removes nothing early. What was before the first checkpoint nobody
   * has seen.
   */
  private static boolean isOlder(
      Instant at, Duration age, NavigableSet<Instant> seen, Instant now) {
    Instant since = seen.isEmpty() || at.isAfter(seen.first()) ? at : seen.first();
    Duration before = Duration.between(at, since);
    Instant certain = ObservedTime.of(since, age, seen, now);
    return before.plus(Duration.between(since, certain)).compareTo(age) > 0;
  }

  private static Segment next(List<Segment> segments, Segment segment) {
    return segments.get(segments.indexOf(segment) + 1);
  }

  /** When the first record of a segment was made; all of the one before are older. */
  private Instant firstRecordAt(Segment segment) throws IOException {
    try (LaneFile file = files.openToRead(segment.name())) {
      byte[] start = new byte[(int) Math.min(LONGEST_START, file.size())];
      file.read(0, start, 0, start.length);
      int end = 0;
      while (end < start.length && start[end] != '\n') {
        end++;
      }
      String at = AuditRecords.parse(java.util.Arrays.copyOf(start, end)).get("at");
      return at == null ? Instant.MAX : Instant.parse(at);
    } catch (DateTimeParseException e) {
      throw new CorruptLogException(Texts.RECORD_WITHOUT_TIME.with(segment.name()));
    }
  }
}

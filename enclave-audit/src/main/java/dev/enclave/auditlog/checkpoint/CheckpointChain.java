package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.merkle.CompactRange;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.texts.Texts;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Checkpoints of one log, each of which must go on from the one before. Used by one thread. */
public final class CheckpointChain {

  private static final long HOUR_SECONDS = 3600;

  private static final LogHead NOTHING =
      new LogHead(
          Instant.EPOCH, Optional.empty(), new TreeMap<>(), new TreeMap<>(), Optional.empty());

  private final Sha256 hasher = new Sha256();
  private final String origin;
  private final CompactRange heads = new CompactRange(hasher);
  // The first of each hour: a log has a hundred thousand checkpoints a year.
  private final NavigableMap<Long, Instant> times = new TreeMap<>();
  private @Nullable Checkpoint newest;

  public CheckpointChain(String origin) {
    this.origin = origin;
  }

  public long size() {
    return heads.size();
  }

  public Optional<Checkpoint> newest() {
    return Optional.ofNullable(newest);
  }

  public LogHead head() {
    return newest == null ? NOTHING : newest.head();
  }

  /** When there were any, to the hour. */
  NavigableSet<Instant> times() {
    return new TreeSet<>(times.values());
  }

  /** The text of the next checkpoint. */
  String next(LogHead head) {
    CompactRange grown = heads.copy();
    grown.add(hasher.leaf(head.leaf()));
    return Checkpoint.text(origin, grown.size(), grown.root(), head);
  }

  /**
   * Takes the next checkpoint.
   *
   * @throws CorruptLogException when it does not go on from the one before
   */
  public void add(Checkpoint checkpoint) throws CorruptLogException {
    if (!checkpoint.note().text().equals(next(checkpoint.head()))) {
      throw new CorruptLogException(Texts.NOT_AFTER_THE_ONE_BEFORE.with());
    }
    requireGrowth(head(), checkpoint.head());
    heads.add(hasher.leaf(checkpoint.head().leaf()));
    newest = checkpoint;
    Instant at = checkpoint.head().at();
    times.putIfAbsent(Math.floorDiv(at.getEpochSecond(), HOUR_SECONDS), at);
  }

  /**
   * Checks that the later says no less of any lane, and names the countersigner of the earlier.
   *
   * @throws CorruptLogException when it does
   */
  public static void requireGrowth(LogHead before, LogHead after) throws CorruptLogException {
    if (before.countersigner().isPresent()
        && !before.countersigner().equals(after.countersigner())) {
      throw new CorruptLogException(Texts.COUNTERSIGNER_NOT_NAMED.with());
    }
    for (Map.Entry<Integer, LaneHead> lane : before.lanes().entrySet()) {
      LaneHead now = after.lane(lane.getKey());
      boolean same = now.size() == lane.getValue().size();
      if (now.size() < lane.getValue().size() || (same && !now.equals(lane.getValue()))) {
        throw new CorruptLogException(Texts.SAYS_LESS.with(lane.getKey()));
      }
    }
    SortedMap<Integer, Long> removed = before.removed();
    if (removed.keySet().stream().anyMatch(lane -> after.removed(lane) < before.removed(lane))) {
      throw new CorruptLogException(Texts.REMOVAL_TAKEN_BACK.with());
    }
    if (before.retention().isPresent() && after.retention().isEmpty()) {
      throw new CorruptLogException(Texts.RETENTION_TAKEN_BACK.with());
    }
  }
}
